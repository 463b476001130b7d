import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RaftConfig } from "../../src/raft/config.ts";
import { APPEND_THREAD } from "../../src/raft/message.ts";
import { RawNode } from "../../src/raft/raw-node.ts";
import { NONE, nodeId } from "../../src/std/ids.ts";
import { createMemoryLogStore } from "../../src/storage/memory.ts";

const test = suite("raft: limits");

const WORKABLE: RaftConfig = {
  id: nodeId(1),
  electionTicks: 10,
  heartbeatTicks: 1,
  storage: createMemoryLogStore(),
  maxSizePerMsg: 1000,
  maxInflightMsgs: 8,
  randomInt: () => 0,
};

const REFUSED: readonly (readonly [Partial<RaftConfig>, RegExp])[] = [
  [{ id: NONE }, /an id of its own/],
  [{ id: APPEND_THREAD }, /an id of its own/],
  [{ heartbeatTicks: 0 }, /some time apart/],
  [{ electionTicks: 1 }, /several heartbeats/],
  [{ electionTicks: 3, heartbeatTicks: 4 }, /several heartbeats/],
  [{ maxInflightMsgs: 0 }, /one append at least/],
  [{ maxSizePerMsg: 0, maxInflightBytes: 0 }, /some bytes/],
  [{ maxInflightBytes: 999 }, /one append of full size/],
  [{ maxSizePerMsg: Number.POSITIVE_INFINITY, maxInflightBytes: 1e9 }, /one append of full size/],
  [{ readOnlyOption: "lease-based" }, /that a quorum gives/],
  [{ readOnlyOption: "lease-based", checkQuorum: false }, /that a quorum gives/],
];

for (const [values, law] of REFUSED) {
  const said = Object.entries(values).map(([name, value]) => `${name} ${String(value)}`);
  test(`no member is made with ${said.join(", ")}`, () => {
    assert.throws(() => new RawNode({ ...WORKABLE, ...values }), law);
  });
}

test("a member is made with limits that just work, or with none", () => {
  const fits: readonly Partial<RaftConfig>[] = [
    {},
    { electionTicks: 2 },
    { maxInflightMsgs: 1 },
    { maxInflightBytes: 1000 },
    { maxSizePerMsg: 0, maxInflightBytes: 1 },
    { maxSizePerMsg: Number.POSITIVE_INFINITY },
    { readOnlyOption: "lease-based", checkQuorum: true },
  ];
  for (const values of fits) assert.ok(new RawNode({ ...WORKABLE, ...values }));
});

test.run();
