import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeConfChange } from "../../src/raft/codec.ts";
import { enterJoint, simple } from "../../src/raft/conf-change.ts";
import { Inflights } from "../../src/raft/inflights.ts";
import { message } from "../../src/raft/message.ts";
import { EMPTY_CONFIG } from "../../src/raft/tracker.ts";
import { utf8 } from "../../src/std/bytes.ts";
import { index, NONE, nodeId, term } from "../../src/std/ids.ts";
import { ELECTION_TICKS } from "./conformance/member.ts";
import { commitOf, member, run, START, settle } from "./members.ts";

const test = suite("raft: leader");

test("a read is answered only after an entry of the leader's term is committed, even alone", () => {
  const one = member(1, [1]);
  // The log before was of an earlier term.
  one.node.step(message({ type: "heartbeat", from: nodeId(2), to: nodeId(1), term: term(5) }));
  run(one);
  one.node.campaign();
  // Elected as its vote is durable; the first entry of its term is not committed yet.
  const elected = one.node.ready();
  one.process(elected);
  one.done(elected);
  assert.is(one.node.basicStatus().softState.state, "leader");
  assert.is(commitOf(one), START);
  one.node.readIndex(utf8("read"));
  const states = run(one).readies.flatMap(({ readStates }) => readStates);
  assert.equal(states, [{ index: index(START + 1), context: utf8("read") }]);
});

test("a forwarded configuration change that cannot be read is refused, and nothing with it", () => {
  const members = [member(1, [1, 2, 3]), member(2, [1, 2, 3]), member(3, [1, 2, 3])];
  const [one] = members;
  assert.ok(one !== undefined);
  one.node.campaign();
  settle(members);
  const at = { term: term(0), index: index(0) };
  const unreadable = { ...at, kind: "conf-change-v2" as const, data: new Uint8Array([99]) };
  const normal = { ...at, kind: "normal" as const, data: utf8("x") };
  const entries = [normal, unreadable];
  const propose = message({ type: "prop", from: nodeId(2), to: nodeId(1), entries });
  assert.equal(one.node.step(propose), { ok: false, error: "proposal-dropped" });
  assert.is(one.node.basicStatus().lastIndex, START + 1);
});

test("a change that was refused for its size does not keep others waiting", () => {
  const one = member(1, [1, 2], { maxUncommittedEntriesSize: 20 });
  const two = member(2, [1, 2]);
  one.node.campaign();
  settle([one, two]);
  assert.ok(one.node.propose([new Uint8Array(18)]).ok);
  const change = { transition: "auto", changes: [{ kind: "add-voter", id: nodeId(3) }] } as const;
  assert.ok(encodeConfChange(change).length > 2);
  assert.not.ok(one.node.proposeConfChange(change).ok);
  settle([one, two]);
  assert.ok(one.node.proposeConfChange(change).ok);
  settle([one, two]);
  assert.equal(one.node.basicStatus().confState.voters, [1, 2, 3]);
});

test("a leader on its way out leaves the joint configuration only if it stays", () => {
  const members = [1, 2, 3].map((id) => member(id, [1, 2, 3]));
  const [one] = members;
  assert.ok(one !== undefined);
  one.node.campaign();
  settle(members);
  const changes = [
    { kind: "remove", id: nodeId(3) },
    { kind: "add-voter", id: nodeId(4) },
  ] as const;
  one.node.proposeConfChange({ transition: "implicit", changes });
  one.node.transferLeader(nodeId(2));
  settle(members);
  // The other one was asked before it had applied the change, so it did not stand.
  assert.is(one.node.basicStatus().transferee, 2);
  assert.equal(one.node.basicStatus().confState.votersOutgoing, [1, 2, 3]);
  for (let ticks = 0; ticks < ELECTION_TICKS; ticks++) one.node.tick();
  settle(members);
  assert.is(one.node.basicStatus().transferee, NONE);
  assert.equal(one.node.basicStatus().confState.votersOutgoing, []);
  assert.equal(one.node.basicStatus().confState.voters, [1, 2, 4]);
});

const context = {
  config: EMPTY_CONFIG,
  progress: new Map(),
  lastIndex: index(1),
  newInflights: () => new Inflights(1, 1),
};

test("one change may add a member, remove it and add it as a learner", () => {
  const first = simple(context, [{ kind: "add-voter", id: nodeId(1) }]);
  assert.ok(first.ok);
  const id = nodeId(2);
  const changed = enterJoint({ ...context, ...first.value }, false, [
    { kind: "add-voter", id },
    { kind: "remove", id },
    { kind: "add-learner", id },
  ]);
  assert.ok(changed.ok);
  assert.ok(changed.value.config.learners.has(id));
  assert.is(changed.value.progress.get(id)?.isLearner, true);
});

test.run();
