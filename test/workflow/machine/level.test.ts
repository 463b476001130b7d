import { suite } from "uvu";
import * as assert from "uvu/assert";
import { index, nodeId } from "../../../src/std/ids.ts";
import { movesToBalance } from "../../../src/workflow/machine/balance.ts";
import { levelOf } from "../../../src/workflow/machine/level.ts";
import { removeMember } from "../../../src/workflow/machine/members.ts";
import { decodeState, encodeState } from "../../../src/workflow/machine/snapshot.ts";
import { checkInvariants, Group, groupOfThree, ORDER } from "./group.ts";

/** Rolling upgrades, removed members, and runs that change hands. */
const test = suite("workflow machine: levels and moves");

function announce(group: Group, node: number, level: number): string {
  const { reply } = group.apply({
    kind: "announce",
    node: nodeId(node),
    name: `n${node}`,
    nonce: `${node} ${level} ${group.lastIndex}`,
    catalogue: [ORDER],
    level,
  });
  return reply.kind;
}

const remove = (group: Group, node: number): void => {
  const at = { index: index(++group.lastIndex), offset: 0, stampMs: group.stampMs };
  removeMember(group.state, nodeId(node), at);
};

test("what may be written is what every member knows, the ones that are down too", () => {
  const group = new Group();
  for (const node of [1, 2, 3]) announce(group, node, 1);
  assert.is(group.state.level, 1);
  announce(group, 1, 2);
  announce(group, 2, 2);
  const { members } = group.state;
  const dead = { node: nodeId(3), incarnation: members.get(nodeId(3))?.incarnation ?? 0 };
  group.apply({ kind: "assign-owners", dead });
  assert.is(group.state.level, 1, "it comes back as it was");
  announce(group, 3, 3);
  assert.is(group.state.level, 2);
});

test("who does not know what may be written is refused, and changes nothing", () => {
  const group = new Group();
  for (const node of [1, 2, 3]) announce(group, node, 2);
  assert.is(group.state.level, 2);
  assert.is(announce(group, 3, 1), "too-old");
  assert.is(group.state.members.get(nodeId(3))?.level, 2);
  assert.is(announce(group, 4, 1), "too-old");
  assert.is(group.state.members.size, 3);
  assert.is(group.state.level, 2, "it never falls");
});

test("a removed member holds nobody back, and never counts again", () => {
  const { group } = groupOfThree();
  announce(group, 1, 2);
  announce(group, 2, 2);
  const run = group.start("a", { owner: nodeId(3) });
  remove(group, 3);
  assert.is(group.state.level, 2);
  assert.is.not(run.owner?.node, nodeId(3));
  assert.is(announce(group, 3, 2), "ignored");
  checkInvariants(group.state, "removed");
  const restored = decodeState(encodeState(group.state));
  assert.is(restored.level, 2);
  assert.is(restored.members.get(nodeId(3))?.isRemoved, true);
});

test("kinds that came later need their level of everybody", () => {
  const command = { kind: "resume", runId: "g1-1-0" as never } as const;
  assert.is(levelOf(command), 1);
  assert.is(levelOf(command, { resume: 4 }), 4);
});

test("moves bring the members to within one run of each other, youngest runs first", () => {
  const { group } = groupOfThree();
  const runs = Array.from({ length: 10 }, (_, i) => group.start(`w${i}`));
  const moves = movesToBalance(group.state);
  assert.is(moves.length, 6);
  assert.equal(
    moves.map(({ runId }) => runId).sort(),
    runs
      .slice(4)
      .map(({ id }) => id)
      .sort(),
  );
  for (const move of moves) assert.is(group.apply(move).reply.kind, "done");
  const counts = [...group.state.byOwner.values()].map((owned) => owned.size).sort();
  assert.equal(counts, [3, 3, 4]);
  assert.equal(movesToBalance(group.state), []);
  checkInvariants(group.state, "balanced");
});

test("a run that no other member may own stays", () => {
  const group = new Group();
  group.announce(1, ORDER);
  group.announce(2, "refund@1");
  for (let i = 0; i < 5; i++) group.start(`w${i}`);
  assert.equal(movesToBalance(group.state), []);
});

test.run();
