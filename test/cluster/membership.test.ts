import { suite } from "uvu";
import * as assert from "uvu/assert";
import { apply } from "../../src/cluster/machine/apply.ts";
import { createTopology, type Topology } from "../../src/cluster/machine/state.ts";
import {
  type MembershipAction,
  type MembershipView,
  nextMembershipAction,
  voterToReplace,
} from "../../src/cluster/membership.ts";
import { index, type NodeId, nodeId } from "../../src/std/ids.ts";

const test = suite("cluster: membership");

function topologyOf(...names: readonly string[]): Topology {
  const topology = createTopology();
  apply(topology, { kind: "found", clusterUuid: "uuid", name: names[0] ?? "", nonce: "0" });
  for (const [i, name] of names.entries()) {
    apply(topology, { kind: "admit", name, nonce: `${i}` });
  }
  return topology;
}

const ids = (...nodes: readonly number[]): ReadonlySet<NodeId> => new Set(nodes.map(nodeId));

function next(
  topology: Topology,
  options: {
    readonly voters: readonly number[];
    readonly learners?: readonly number[];
    readonly matches?: Readonly<Record<number, number>>;
    readonly silent?: readonly number[];
    readonly isChanging?: boolean;
    readonly self?: number;
    readonly last?: number;
  },
): MembershipAction | undefined {
  const view: MembershipView = {
    topology,
    self: nodeId(options.self ?? 1),
    voters: ids(...options.voters),
    learners: ids(...(options.learners ?? [])),
    isChanging: options.isChanging ?? false,
    progress: new Map(
      Object.entries(options.matches ?? {}).map(([node, match]) => {
        const isActive = !(options.silent ?? []).includes(Number(node));
        return [nodeId(Number(node)), { match: index(match), isActive }];
      }),
    ),
    last: index(options.last ?? 1_000),
  };
  return nextMembershipAction(view);
}

test("a new member becomes a learner first, one at a time, lowest id first", () => {
  const topology = topologyOf("a", "b", "c");
  assert.equal(next(topology, { voters: [1] }), { kind: "add-learner", node: 2 });
  const second = next(topology, { voters: [1], learners: [2], matches: { 2: 0 } });
  assert.equal(second, { kind: "add-learner", node: 3 });
});

test("a learner is promoted once it caught up, and not while nobody hears of it", () => {
  const topology = topologyOf("a", "b");
  const at = (match: number, silent: readonly number[] = []) =>
    next(topology, { voters: [1], learners: [2], matches: { 2: match }, silent });
  assert.is(at(871), undefined);
  assert.equal(at(872), { kind: "promote", node: 2 });
  assert.is(at(1_000, [2]), undefined);
  assert.is(next(topology, { voters: [1], learners: [2] }), undefined);
});

test("when configuration and topology agree there is nothing to do", () => {
  assert.is(next(topologyOf("a", "b", "c"), { voters: [1, 2, 3] }), undefined);
});

test("nothing is begun while a change is under way, or before the founding was applied", () => {
  assert.is(next(topologyOf("a", "b"), { voters: [1], isChanging: true }), undefined);
  assert.is(next(createTopology(), { voters: [1] }), undefined);
});

test("who is gone goes first: it counts against the quorum and answers nothing", () => {
  const topology = topologyOf("a", "b", "c");
  apply(topology, { kind: "admit", name: "c", nonce: "a new disk" });
  const options = { learners: [4], matches: { 4: 1_000 } };
  const first = next(topology, { voters: [1, 2, 3], ...options });
  assert.equal(first, { kind: "remove", node: 3 });
  assert.equal(next(topology, { voters: [1, 2], ...options }), { kind: "promote", node: 4 });
});

test("a learner that left is removed too", () => {
  const topology = topologyOf("a", "b");
  apply(topology, { kind: "remove", node: nodeId(2) });
  const action = next(topology, { voters: [1], learners: [2], matches: { 2: 1_000 } });
  assert.equal(action, { kind: "remove", node: 2 });
});

test("a learner that has acknowledged nothing is not promoted, however short the log is", () => {
  const topology = topologyOf("a", "b");
  const at = (match: number): MembershipAction | undefined =>
    next(topology, { voters: [1], learners: [2], matches: { 2: match }, last: 6 });
  assert.is(at(0), undefined);
  assert.equal(at(1), { kind: "promote", node: 2 });
});

test("the leader removes itself last, and the only voter not before another was promoted", () => {
  const topology = topologyOf("a", "b", "c");
  apply(topology, { kind: "remove", node: nodeId(1) });
  apply(topology, { kind: "remove", node: nodeId(2) });
  assert.equal(next(topology, { voters: [1, 2, 3] }), { kind: "remove", node: 2 });
  assert.equal(next(topology, { voters: [1, 3] }), { kind: "remove", node: 1 });
  const learner = { learners: [3], matches: { 3: 1_000 } };
  assert.equal(next(topology, { voters: [1], ...learner }), { kind: "promote", node: 3 });
  assert.is(next(topology, { voters: [1], learners: [3], matches: { 3: 0 } }), undefined);
});

test("a voter that the topology does not know is left alone", () => {
  assert.is(next(topologyOf("a"), { voters: [1, 7] }), undefined);
});

test("a dead voter is replaced only by a spare that caught up, and while a majority lives", () => {
  const topology = topologyOf("a", "b", "c", "d");
  const view = (learners: readonly number[], match: number): MembershipView => ({
    topology,
    self: nodeId(1),
    voters: ids(1, 2, 3),
    learners: ids(...learners),
    isChanging: false,
    progress: new Map([[nodeId(4), { match: index(match), isActive: true }]]),
    last: index(1_000),
  });
  const replaced = (of: MembershipView, ...dead: readonly number[]): NodeId | undefined =>
    voterToReplace(of, ids(...dead));
  assert.is(replaced(view([4], 1_000), 3), 3);
  assert.is(replaced(view([4], 1_000)), undefined, "nobody is dead");
  assert.is(replaced(view([4], 0), 3), undefined, "the spare is behind");
  assert.is(replaced(view([], 1_000), 3), undefined, "there is no spare");
  assert.is(replaced(view([4], 1_000), 2, 3), undefined, "one of three cannot agree on it");
});

/** Method: carry out each action, with every learner catching up, until there is none. */
test("step by step any configuration comes to what the topology says, never to no voter", () => {
  const topology = topologyOf("a", "b", "c", "d", "e");
  apply(topology, { kind: "remove", node: nodeId(1) });
  apply(topology, { kind: "admit", name: "c", nonce: "a new disk" });
  const voters = new Set([1, 3]);
  const learners = new Set([2]);
  for (let steps = 0; steps < 30; steps++) {
    const matches = Object.fromEntries([...learners].map((node) => [node, 1_000]));
    const action = next(topology, { voters: [...voters], learners: [...learners], matches });
    if (action === undefined) break;
    voters.delete(action.node);
    learners.delete(action.node);
    if (action.kind === "add-learner") learners.add(action.node);
    if (action.kind === "promote") voters.add(action.node);
    assert.ok(voters.size > 0);
  }
  assert.equal([...voters].sort(), [2, 4, 5, 6]);
  assert.is(learners.size, 0);
});

test.run();
