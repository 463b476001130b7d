import { suite } from "uvu";
import * as assert from "uvu/assert";
import { epoch, nodeId, runId } from "../../../src/std/ids.ts";
import type { ProcessId } from "../../../src/workflow/dsl/record.ts";
import type { Command } from "../../../src/workflow/machine/command.ts";
import type { Run } from "../../../src/workflow/machine/state.ts";
import {
  batchOf,
  checkInvariants,
  divergence,
  type Group,
  groupOfThree,
  ORDER,
  outcome,
  write,
} from "./group.ts";

const test = suite("workflow machine: one run's ownership");

const parkOf = (run: Run): Command => ({
  kind: "park",
  runId: run.id,
  epoch: run.epoch,
  reason: "diverged",
  divergence,
});

const unfitOf = (run: Run, member: ProcessId): Command => ({
  kind: "unfit",
  runId: run.id,
  member,
  divergence,
});

const ignores = (group: Group, command: Command): void =>
  assert.is(group.apply(command).reply.kind, "ignored", command.kind);

test("rule 16: a claim by the owner of the present epoch makes a new one", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  const inDoubt = batchOf(run, [outcome("1")]);
  const claim = { kind: "claim", runId: run.id, owner: members[0], epoch: run.epoch } as const;
  assert.is(group.apply(claim).reply.kind, "done");
  assert.equal([run.epoch, run.sequence], [group.lastIndex, 0]);
  assert.equal(run.owner, members[0]);
  assert.equal(run.epochMarks, [1]);
  // What was in doubt stays out: nothing of the old epoch comes in any more.
  const { reply } = group.apply({ kind: "batches", batches: [inDoubt] });
  assert.equal(reply, { kind: "batches", replies: [{ kind: "stale" }] });
  ignores(group, claim);
});

test("rule 16: a move makes a new epoch with the member that was asked for", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  const inDoubt = batchOf(run, [outcome("1")]);
  const move = { kind: "move", runId: run.id, epoch: run.epoch, to: members[2].node } as const;
  assert.is(group.apply(move).reply.kind, "done");
  assert.equal([run.epoch, run.sequence], [group.lastIndex, 0]);
  assert.equal(run.owner, members[2]);
  const { reply } = group.apply({ kind: "batches", batches: [inDoubt] });
  assert.equal(reply, { kind: "batches", replies: [{ kind: "stale" }] });
  // Decided on an older state: nothing moves twice.
  ignores(group, move);
  ignores(group, { ...move, runId: runId("g1-99-0") });
});

test("rule 16: a move to who cannot own the run gives it to one that can", () => {
  const { group, members } = groupOfThree();
  group.announce(4, "refund@1");
  const run = group.start("a");
  group.apply({ kind: "move", runId: run.id, epoch: run.epoch, to: nodeId(4) });
  assert.ok(members.some(({ node }) => node === run.owner?.node));
  checkInvariants(group.state, "moved");
});

test("rule 16: a claim by another process, or in another epoch, is ignored", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  const before = run.epoch;
  const claim = { kind: "claim", runId: run.id, owner: members[0], epoch: before } as const;
  ignores(group, { ...claim, owner: members[1] });
  ignores(group, { ...claim, owner: { ...members[0], incarnation: 99 } });
  ignores(group, { ...claim, epoch: epoch(before + 1) });
  ignores(group, { ...claim, runId: runId("g1-99-0") });
  assert.is(run.epoch, before);
});

test("rule 22: a run whose owner diverged is parked with recorded and actual; others go on", () => {
  const { group, members } = groupOfThree();
  const [run, other] = [group.start("a"), group.start("b")];
  const late = batchOf(run, [write("1")]);
  group.apply(parkOf(run));
  assert.equal(run.status, { kind: "parked", reason: "diverged", divergence });
  assert.equal(run.owner, members[0]);
  assert.is(run.epoch, group.lastIndex);
  assert.is(run.endedAtMs, undefined);
  const { reply } = group.apply({ kind: "batches", batches: [late] });
  assert.equal(reply, { kind: "batches", replies: [{ kind: "stale" }] });
  assert.is(group.say(other, [write("1")]).kind, "accepted");
});

test("rule 11: only the owner of the present epoch parks a run", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  const late = parkOf(run);
  group.apply({ kind: "assign-owners", dead: members[0] });
  ignores(group, late);
  assert.is(run.status.kind, "running");
  for (const dead of members) group.apply({ kind: "assign-owners", dead });
  ignores(group, parkOf(run));
});

test("rule 22: resume gives a parked run a new try under its owner, in a new epoch", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  group.apply(parkOf(run));
  const parkedIn = run.epoch;
  assert.is(group.apply({ kind: "resume", runId: run.id }).reply.kind, "done");
  assert.is(run.status.kind, "running");
  assert.equal(run.owner, members[0]);
  assert.ok(run.epoch > parkedIn);
  ignores(group, { kind: "resume", runId: run.id });
  checkInvariants(group.state, "resumed");
});

test("a parked run of a dead owner stays parked; resume finds an owner", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  group.apply(parkOf(run));
  const before = run.epoch;
  const { events } = group.apply({ kind: "assign-owners", dead: members[0] });
  assert.equal(events, [{ kind: "member", node: nodeId(1) }]);
  assert.is(run.status.kind, "parked");
  assert.is(run.epoch, before);
  group.apply({ kind: "resume", runId: run.id });
  assert.is(run.status.kind, "running");
  assert.is.not(run.owner?.node, 1);
});

test("rule 15: a parked run resumes under the process that its owner is now", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  group.apply(parkOf(run));
  const again = group.announce(1, ORDER);
  assert.is(run.status.kind, "parked");
  group.apply({ kind: "resume", runId: run.id });
  assert.equal(run.owner, again);
});

test("rule 19: a standby that diverged is passed over when the run moves", () => {
  const { group, members } = groupOfThree();
  const runs = Array.from({ length: 20 }, (_, i) => group.start(`r${i}`));
  for (const run of runs) {
    group.apply(unfitOf(run, members[1]));
    assert.equal(run.owner, members[0], "the owner goes on");
  }
  group.apply({ kind: "assign-owners", dead: members[0] });
  for (const run of runs) assert.equal(run.owner, members[2]);
});

test("rule 19: an unfit member that owns the run by now loses it", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  const before = run.epoch;
  group.apply(unfitOf(run, members[0]));
  assert.is(run.status.kind, "running");
  assert.is.not(run.owner?.node, 1);
  assert.ok(run.epoch > before);
});

test("rule 19: when every member is unfit the run waits, and says why", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  for (const member of members) group.apply(unfitOf(run, member));
  if (run.status.kind !== "unassigned") throw new Error(run.status.kind);
  assert.match(run.status.reason, /every member that has order@1 is unfit/);
  assert.match(run.status.reason, /recorded compute charge, actual compute refund/);
  checkInvariants(group.state, "unfit");
  // A way out: another try for all.
  assert.is(group.apply({ kind: "resume", runId: run.id }).reply.kind, "done");
  assert.is(run.status.kind, "running");
  assert.equal(run.unfit, []);
});

test("rule 19: marks of older incarnations are moot", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  for (const member of members) group.apply(unfitOf(run, member));
  const mended = group.announce(2, ORDER);
  assert.equal(run.owner, mended);
  ignores(group, unfitOf(run, members[0]));
  ignores(group, unfitOf(run, members[1]));
  group.apply(unfitOf(run, mended));
  assert.equal(
    run.unfit.map(({ member }) => member),
    [members[0], members[2], mended],
    "and are kept no longer than until the next",
  );
});

test("rule 19: a mark of a process that is not up, or of a parked run, is ignored", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  group.apply({ kind: "assign-owners", dead: members[1] });
  ignores(group, unfitOf(run, members[1]));
  ignores(group, unfitOf(run, { node: nodeId(9), incarnation: 1 }));
  group.apply(parkOf(run));
  ignores(group, unfitOf(run, members[2]));
  assert.equal(run.unfit, []);
});

test("rule 22: a terminate ends a run that runs, is parked or waits, once", () => {
  const { group, members } = groupOfThree();
  const [running, parked, waiting] = [group.start("a"), group.start("b"), group.start("c")];
  group.apply(parkOf(parked));
  group.apply({ kind: "terminate", runId: running.id, reason: "why" });
  for (const dead of members) group.apply({ kind: "assign-owners", dead });
  for (const run of [parked, waiting]) {
    group.apply({ kind: "terminate", runId: run.id, reason: "why" });
  }
  for (const run of [running, parked, waiting]) {
    assert.equal(run.status, { kind: "terminated", reason: "why" });
    ignores(group, { kind: "terminate", runId: run.id, reason: "again" });
    ignores(group, { kind: "resume", runId: run.id });
    ignores(group, unfitOf(run, members[0]));
  }
  checkInvariants(group.state, "terminated");
  group.announce(1, ORDER);
  assert.is(waiting.status.kind, "terminated");
});

test.run();
