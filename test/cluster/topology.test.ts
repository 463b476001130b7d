import { suite } from "uvu";
import * as assert from "uvu/assert";
import { apply } from "../../src/cluster/machine/apply.ts";
import {
  decodeTopologyCommand,
  encodeTopology,
  encodeTopologyCommand,
  restoreTopology,
} from "../../src/cluster/machine/codec.ts";
import type { TopologyCommand, TopologyReply } from "../../src/cluster/machine/command.ts";
import { createTopology, memberNamed, type Topology } from "../../src/cluster/machine/state.ts";
import { MalformedError } from "../../src/std/bytes.ts";
import { nodeId } from "../../src/std/ids.ts";
import { prng } from "../../src/std/prng.ts";

const test = suite("cluster: topology");

const found = (name: string, clusterUuid = "uuid"): TopologyCommand => ({
  kind: "found",
  clusterUuid,
  name,
  nonce: `nonce of ${name}`,
});
const admit = (name: string, nonce = `nonce of ${name}`): TopologyCommand => ({
  kind: "admit",
  name,
  nonce,
});
const remove = (node: number): TopologyCommand => ({ kind: "remove", node: nodeId(node) });
const member = (node: number): TopologyReply => ({
  kind: "member",
  node: nodeId(node),
  clusterUuid: "uuid",
});

function founded(): Topology {
  const topology = createTopology();
  assert.equal(apply(topology, found("a")), member(1));
  return topology;
}

test("rule 26: the first to found wins and has the first id; asking again is harmless", () => {
  const topology = founded();
  assert.equal(apply(topology, found("a")), member(1));
  const other = apply(topology, found("b", "another uuid"));
  assert.is(other.kind === "refused" && other.reason, "founded-by-another");
  assert.is(topology.clusterUuid, "uuid");
  assert.is(topology.nodes.size, 1);
});

test("nobody is admitted before the cluster was founded", () => {
  const topology = createTopology();
  const reply = apply(topology, admit("b"));
  assert.is(reply.kind === "refused" && reply.reason, "not-founded");
  assert.is(topology.nodes.size, 0);
});

test("rule 25: the same nonce has the same id, however often it asks", () => {
  const topology = founded();
  assert.equal(apply(topology, admit("b")), member(2));
  assert.equal(apply(topology, admit("c")), member(3));
  assert.equal(apply(topology, admit("b")), member(2));
  assert.is(topology.nodes.size, 3);
});

test("an id is never given twice, also after its node was removed", () => {
  const topology = founded();
  apply(topology, admit("b"));
  assert.is(apply(topology, remove(2)).kind, "removed");
  assert.is(apply(topology, remove(2)).kind, "removed");
  assert.equal(apply(topology, admit("c")), member(3));
  const late = apply(topology, admit("b"));
  assert.is(late.kind === "refused" && late.reason, "no-member-any-more");
  assert.equal(apply(topology, admit("b", "a new disk")), member(4));
});

test("a wiped disk comes with a new nonce and gets a new id; the old one is replaced", () => {
  const topology = founded();
  apply(topology, admit("b"));
  assert.equal(apply(topology, admit("b", "a new disk")), member(3));
  assert.equal(topology.nodes.get(nodeId(2))?.status, { kind: "replaced", by: nodeId(3) });
  assert.is(memberNamed(topology, "b")?.id, 3);
  const late = apply(topology, admit("b"));
  assert.is(late.kind === "refused" && late.reason, "no-member-any-more");
  assert.is(memberNamed(topology, "b")?.id, 3);
});

test("what was replaced stays so when it is removed too; unknown nodes are refused", () => {
  const topology = founded();
  apply(topology, admit("b"));
  apply(topology, admit("b", "a new disk"));
  assert.is(apply(topology, remove(2)).kind, "removed");
  assert.is(topology.nodes.get(nodeId(2))?.status.kind, "replaced");
  const reply = apply(topology, remove(9));
  assert.is(reply.kind === "refused" && reply.reason, "unknown-node");
});

test("commands come back from their bytes; what is cut off is malformed", () => {
  const random = prng(5);
  for (const command of [found("a"), admit("ünïcode"), remove(300)]) {
    const whole = encodeTopologyCommand(command);
    assert.equal(decodeTopologyCommand(whole), command);
    assert.throws(() => decodeTopologyCommand(Uint8Array.from([...whole, 0])), isMalformed);
    for (let length = 0; length < whole.length; length++) {
      assert.throws(() => decodeTopologyCommand(whole.subarray(0, length)), isMalformed);
    }
    for (let i = 0; i < 2_000; i++) {
      const changed = whole.slice();
      changed[random.below(whole.length)] = random.below(256);
      try {
        apply(founded(), decodeTopologyCommand(changed));
      } catch (error) {
        assert.ok(isMalformed(error));
      }
    }
  }
});

const isMalformed = (error: unknown): boolean => error instanceof MalformedError;

/** Method: random commands, some repeated, on two machines. Replay with SEED=n. */
test("equal logs give equal topologies; ids only grow and a name has at most one member", () => {
  const seed = Number(process.env["SEED"] ?? 17);
  const random = prng(seed);
  const [a, b] = [createTopology(), createTopology()];
  for (let i = 0; i < 2_000; i++) {
    const name = `n${random.below(6)}`;
    const command = random.pick([
      admit(name, `${name} disk ${random.below(40)}`),
      remove(random.below(60)),
      found(name, random.pick(["uuid", "other"])),
    ]);
    const before = a.nodes.size;
    const reply = apply(a, command);
    assert.equal(apply(b, decodeTopologyCommand(encodeTopologyCommand(command))), reply);
    assert.equal(apply(a, command), reply, `SEED=${seed} repeated ${command.kind}`);
    apply(b, command);
    assert.ok(a.nodes.size - before <= 1);
    const members = [...a.nodes.values()].filter((node) => node.status.kind === "member");
    assert.is(new Set(members.map((node) => node.name)).size, members.length);
  }
  assert.equal(a, b);
  assert.ok(a.nodes.size > 50);
  const restored = createTopology();
  restoreTopology(restored, encodeTopology(a));
  assert.equal(restored, a, "rule 27: a snapshot has all of it");
});

test.run();
