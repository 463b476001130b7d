import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nodeId } from "../../../src/std/ids.ts";
import { stateHash } from "../../../src/workflow/machine/snapshot.ts";
import type { Run } from "../../../src/workflow/machine/state.ts";
import { batchOf, checkInvariants, Group, groupOfThree, ORDER, outcome, write } from "./group.ts";

const test = suite("workflow machine: members");

const ownerOf = (run: Run): number => run.owner?.node ?? 0;

test("rule 15: an announcement makes a new incarnation, and its runs get new epochs", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  group.say(run, [outcome("1")]);
  const fromOldProcess = batchOf(run, [write("2")]);
  const again = group.announce(1, ORDER);
  assert.ok(again.incarnation > members[0].incarnation);
  assert.equal(run.owner, again);
  assert.is(run.epoch, group.lastIndex);
  assert.is(run.sequence, 0);
  assert.equal(run.epochMarks, [2]);
  const { reply } = group.apply({ kind: "batches", batches: [fromOldProcess] });
  assert.equal(reply, { kind: "batches", replies: [{ kind: "stale" }] });
});

test("rule 15: comparing member ids alone would let a copied process act for its twin", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  group.announceAs(1, "twin", [ORDER]);
  const { reply } = group.apply({
    kind: "claim",
    runId: run.id,
    owner: members[0],
    epoch: run.epoch,
  });
  assert.is(reply.kind, "ignored");
});

test("rule 15: two announcements of one member in one entry are two incarnations", () => {
  const { group } = groupOfThree();
  const twin = (nonce: string) =>
    ({
      kind: "announce",
      node: nodeId(1),
      name: "n1",
      nonce,
      catalogue: [ORDER],
      level: 1,
    }) as const;
  group.lastIndex++;
  const [a, b] = [group.applyAgain(twin("a"), 0).reply, group.applyAgain(twin("b"), 1).reply];
  assert.is.not(JSON.stringify(a), JSON.stringify(b));
  assert.is(group.state.members.get(nodeId(1))?.nonce, "b");
});

test("rule 25: the same announcement again changes nothing", () => {
  const { group } = groupOfThree();
  const member = group.announceAs(1, "x", [ORDER]);
  const run = group.start("a");
  const before = stateHash(group.state);
  assert.equal(group.announceAs(1, "x", [ORDER]), member);
  assert.is(stateHash(group.state), before);
  assert.is(run.epochMarks.length, 0);
});

test("rule 15: a superseded process's late announcement does not stop its successor", () => {
  const { group } = groupOfThree();
  group.announceAs(1, "old", [ORDER]);
  const successor = group.announceAs(1, "new", [ORDER]);
  const { reply } = group.apply({
    kind: "announce",
    node: nodeId(1),
    name: "n1",
    nonce: "old",
    catalogue: [],
    level: 1,
  });
  assert.is(reply.kind, "ignored");
  assert.is(group.state.members.get(nodeId(1))?.incarnation, successor.incarnation);
});

test("rule 18: a live process that reads itself down announces itself again", () => {
  const { group } = groupOfThree();
  const member = group.announceAs(1, "x", [ORDER]);
  group.apply({ kind: "assign-owners", dead: member });
  const again = group.announceAs(1, "x", [ORDER]);
  assert.ok(again.incarnation > member.incarnation);
  assert.ok(group.state.members.get(nodeId(1))?.isUp);
});

test("rule 18: the runs of a member that is set down go to members that are up; no others", () => {
  const { group, members } = groupOfThree();
  const runs = Array.from({ length: 60 }, (_, i) =>
    group.start(`r${i}`, { owner: nodeId(1 + (i % 3)) }),
  );
  const kept = runs.filter((run) => ownerOf(run) !== 1).map((run) => [run.id, run.epoch]);
  const { events } = group.apply({ kind: "assign-owners", dead: members[0] });
  const moved = events.flatMap((event) => (event.kind === "run" ? [event.runId] : []));
  assert.is(moved.length, 20);
  assert.equal(
    kept,
    runs.filter((run) => !moved.includes(run.id)).map((run) => [run.id, run.epoch]),
  );
  const homes = runs.filter((run) => moved.includes(run.id)).map(ownerOf);
  assert.ok(homes.includes(2) && homes.includes(3), "they spread over all that are left");
  for (const run of runs.filter((r) => moved.includes(r.id))) {
    assert.is(run.epoch, group.lastIndex);
    assert.equal([run.sequence, run.epochMarks], [0, [1]]);
  }
  checkInvariants(group.state, "moved");
});

test("rule 21: what an owner gave away is under no suspicion, what a lost one left is", () => {
  for (const [isHandOver, suspectUpTo] of [
    [true, undefined],
    [false, 1],
  ] as const) {
    const { group, members } = groupOfThree();
    const run = group.start("a");
    group.say(run, [outcome("1")]);
    group.apply({ kind: "assign-owners", dead: members[0], isHandOver });
    assert.is(run.suspectUpTo, suspectUpTo);
    assert.is.not(ownerOf(run), 1);
  }
});

test("rule 18: rendezvous hashing: a member that comes back takes no run from the others", () => {
  const { group, members } = groupOfThree();
  const runs = Array.from({ length: 30 }, (_, i) => group.start(`r${i}`));
  group.apply({ kind: "assign-owners", dead: members[0] });
  const homes = runs.map(ownerOf);
  group.announce(1, ORDER);
  assert.equal(runs.map(ownerOf), homes);
});

test("rule 18: the choice is by hash of run and member, not by who announced first", () => {
  const choices = (order: readonly number[]): readonly number[] => {
    const group = new Group();
    for (const node of order) group.announceAs(node, `x${node}`, [ORDER]);
    return Array.from({ length: 40 }, (_, i) =>
      ownerOf(group.start(`r${i}`, { owner: nodeId(9) })),
    );
  };
  assert.equal(choices([1, 2, 3]), choices([3, 1, 2]));
});

test("rule 18: setting a member down is compare-and-set on its incarnation", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  group.announce(1, ORDER);
  const before = run.epoch;
  const { reply } = group.apply({ kind: "assign-owners", dead: members[0] });
  assert.is(reply.kind, "ignored");
  assert.is(run.epoch, before);
  assert.ok(group.state.members.get(nodeId(1))?.isUp);
});

test("rule 25: setting the same process down again is ignored", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  const command = { kind: "assign-owners", dead: members[0] } as const;
  group.apply(command);
  const [before, hash] = [run.epoch, stateHash(group.state)];
  assert.is(group.apply(command).reply.kind, "ignored");
  assert.is(run.epoch, before);
  assert.is(stateHash(group.state), hash);
});

test("rule 18: only members whose catalogue has the workflow are given its runs", () => {
  const group = new Group();
  const first = group.announce(1, ORDER);
  group.announce(2, "other@1");
  const third = group.announce(3, ORDER);
  const runs = Array.from({ length: 20 }, (_, i) => group.start(`r${i}`));
  group.apply({ kind: "assign-owners", dead: first });
  for (const run of runs) assert.equal(run.owner, third);
});

test("rule 18: without a fit member runs wait, and each announcement looks at them again", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  for (const dead of members) group.apply({ kind: "assign-owners", dead });
  const reason = "no member has order@1 now: down with it: n1, n2, n3";
  assert.equal(run.status, { kind: "unassigned", reason });
  group.announce(5, "other@1");
  assert.is(run.status.kind, "unassigned");
  const late = group.announce(4, ORDER);
  assert.equal(run.owner, late);
  checkInvariants(group.state, "reassigned");
});

test("rule 18: a process that comes back without the workflow loses its runs", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  group.announce(1, "other@1");
  assert.is(run.status.kind, "running");
  assert.is.not(run.owner?.node, 1);
});

test("rule 13: each change of epoch leaves its mark at the record that came next", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  group.say(run, [outcome("1"), outcome("2")]);
  group.apply({ kind: "assign-owners", dead: members[0] });
  const [second] = members.filter((member) => member.node === ownerOf(run));
  if (second === undefined) throw new Error("no owner");
  group.apply({ kind: "assign-owners", dead: second });
  // Two owners were lost without a record between them: two marks.
  assert.equal(run.epochMarks, [3, 3]);
});

test("an epoch is never used twice by a run, even when one entry changes it twice", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  group.lastIndex++;
  for (const dead of members) {
    const [owner, before] = [ownerOf(run), run.epoch];
    group.applyAgain({ kind: "assign-owners", dead });
    if (owner === dead.node) assert.ok(run.epoch > before);
  }
  assert.is(run.status.kind, "unassigned");
  const before = run.epoch;
  group.announce(1, ORDER);
  assert.ok(run.epoch > before);
});

test.run();
