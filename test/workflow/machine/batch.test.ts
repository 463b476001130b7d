import { suite } from "uvu";
import * as assert from "uvu/assert";
import { epoch, path, position, runId } from "../../../src/std/ids.ts";
import type { BatchReply } from "../../../src/workflow/machine/command.ts";
import { stateHash } from "../../../src/workflow/machine/snapshot.ts";
import {
  attempt,
  batchOf,
  bytes,
  divergence,
  effect,
  finish,
  groupOfThree,
  outcome,
  write,
} from "./group.ts";

const test = suite("workflow machine: batches");

const ACCEPTED: BatchReply = { kind: "accepted" };
const STALE: BatchReply = { kind: "stale" };

test("rule 11: batches of the present epoch are taken in sequence, once each", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  assert.equal(group.say(run, [write("1")]), ACCEPTED);
  assert.equal(group.say(run, [write("2")]), ACCEPTED);
  assert.is(run.sequence, 2);
  assert.equal([...run.writes.keys()], ["1", "2"]);
});

test("rule 11: a batch that was accepted before is a duplicate and changes nothing", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  const first = { kind: "batches", batches: [batchOf(run, [write("1")])] } as const;
  group.apply(first);
  const before = stateHash(group.state);
  const again = group.apply(first);
  assert.equal(again.reply, { kind: "batches", replies: [{ kind: "duplicate" }] });
  assert.equal(again.events, []);
  assert.is(stateHash(group.state), before);
});

test("rule 11: after a lost batch the next is refused, and the owner is told from where", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  group.say(run, [write("1")]);
  const late = batchOf(run, [write("3")], { sequence: 3 });
  const { reply, events } = group.apply({ kind: "batches", batches: [late] });
  assert.equal(reply, { kind: "batches", replies: [{ kind: "gap", expected: 2 }] });
  assert.equal(events, [{ kind: "run", runId: run.id }]);
  assert.is(run.gaps, 1);
  assert.not(run.writes.has(path("3")));
});

test("rule 11: a stale owner's proposal is refused", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  const fromOldOwner = batchOf(run, [outcome("1")]);
  group.apply({ kind: "assign-owners", dead: members[0] });
  const { reply } = group.apply({ kind: "batches", batches: [fromOldOwner] });
  assert.equal(reply, { kind: "batches", replies: [STALE] });
  assert.is(run.inputs.length, 1);
  assert.equal(group.say(run, [outcome("1")], { epoch: epoch(run.epoch + 1) }), STALE);
});

test("rule 11: who is parked, ended, unassigned or unknown is not spoken for", () => {
  const { group, members } = groupOfThree();
  const parked = group.start("parked");
  const { epoch: before } = parked;
  const park = { kind: "park", reason: "diverged", divergence } as const;
  group.apply({ ...park, runId: parked.id, epoch: before });
  assert.equal(group.say(parked, [write("1")]), STALE);
  const ended = group.start("ended");
  group.apply({ kind: "terminate", runId: ended.id, reason: "test" });
  assert.equal(group.say(ended, [write("1")]), STALE);
  const unassigned = group.start("unassigned");
  for (const dead of members) group.apply({ kind: "assign-owners", dead });
  assert.equal(group.say(unassigned, [write("1")]), STALE);
  assert.equal(group.say(unassigned, [], { runId: runId("g9-1-0") }), STALE);
});

test("batches of several runs in one entry are accepted or refused each by itself", () => {
  const { group } = groupOfThree();
  const [a, b, c] = [group.start("a"), group.start("b"), group.start("c")];
  const batches = [
    batchOf(a, [write("1")]),
    batchOf(b, [write("1")], { sequence: 2 }),
    batchOf(c, [write("1")]),
  ];
  const { reply, events } = group.apply({ kind: "batches", batches });
  const replies = [ACCEPTED, { kind: "gap", expected: 1 }, ACCEPTED];
  assert.equal(reply, { kind: "batches", replies });
  const runs = events.flatMap((event) => (event.kind === "run" ? [event.runId] : []));
  assert.equal(runs, [a.id, b.id, c.id]);
  assert.equal([a.gaps, b.gaps, c.gaps], [0, 1, 0]);
});

test("rule 4: the first write at a path is the record; a second one leaves no trace", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  group.say(run, [write("1", { kind: "variable", name: "status", value: 1 })]);
  const next = run.next;
  group.say(run, [write("1", { kind: "set", name: "status", value: 2 })]);
  assert.equal(run.writes.get(path("1"))?.value, bytes(1));
  assert.equal(run.variables.get("status"), bytes(1));
  assert.is(run.writesByCursor.get(position(0)), 1);
  assert.is(run.next, next);
});

test("a variable is what was written last, its initial value too; a checkpoint is none", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  group.say(run, [
    write("1", { kind: "variable", name: "status", value: 1 }),
    write("2", { kind: "checkpoint", name: "status", value: 9 }),
    write("3", { kind: "set", name: "status", value: 2 }),
  ]);
  assert.equal(run.variables, new Map([["status", bytes(2)]]));
});

test("rule 5: the first result for a path settles it; a later one stays in the history", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  group.say(run, [outcome("1", 1), outcome("1", 2)]);
  const settled = run.settled.get(path("1"));
  assert.equal(settled, { position: 1, outcome: { ok: true, value: bytes(1) } });
  const values = run.inputs.flatMap((i) =>
    i.kind === "outcome" && i.outcome.ok ? [[i.position, ...i.outcome.value]] : [],
  );
  assert.equal(values, [
    [1, 1],
    [2, 2],
  ]);
});

test("positions are ordinals over all accepted records of the run", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  group.say(run, [write("1"), outcome("2"), attempt("3"), write("4")]);
  group.say(run, [outcome("3")]);
  assert.equal(
    run.inputs.map((input) => input.position),
    [0, 2, 5],
  );
  assert.equal(
    [...run.writes.values()].map((record) => record.position),
    [1, 4],
  );
  assert.is(run.next, 6);
});

test("rule 6: the leader stamps, apply takes the maximum: log time never runs backwards", () => {
  const { group } = groupOfThree();
  group.stampMs = 5_000;
  const run = group.start("a");
  group.stampMs = 3_000;
  group.say(run, [outcome("1")]);
  group.stampMs = 6_000;
  group.say(run, [outcome("2")]);
  assert.equal(
    run.inputs.map((input) => input.atMs),
    [5_000, 5_000, 6_000],
  );
});

test("through only grows, and never past what the owner can have been fed", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  group.say(run, [outcome("1")], { through: position(0) });
  assert.is(run.through, 0);
  group.say(run, [], { through: position(1) });
  assert.is(run.through, 1);
  group.say(run, [], { through: position(0) });
  assert.is(run.through, 1);
  group.say(run, [outcome("2")], { through: position(900) });
  assert.is(run.through, 1);
});

test("rule 13: each failed attempt is counted, with its failure and the next one's time", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  group.stampMs = 2_000;
  group.say(run, [attempt("1", "first", 50)]);
  group.stampMs = 3_000;
  group.say(run, [attempt("1", "second", 100)]);
  const last = { name: "Error", message: "second" };
  const failedAt = position(2);
  assert.equal(run.attempts.get(path("1")), { failures: 2, last, failedAt, notBeforeMs: 3_100 });
});

test("rule 13: a settled barrier has no attempts; a late one is ignored", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  group.say(run, [attempt("1"), outcome("1"), attempt("1")]);
  assert.is(run.attempts.size, 0);
  assert.is(run.next, 3);
});

test("rule 22: a finish ends the run, once, and nothing follows it", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  group.stampMs = 9_000;
  group.say(run, [attempt("1"), finish(3), write("2"), finish(4)]);
  assert.equal(run.status, { kind: "completed", value: bytes(3) });
  assert.is(run.endedAtMs, 9_000);
  assert.equal(run.owner, members[0]);
  assert.is(run.attempts.size, 0);
  assert.is(run.writes.size, 0);
  const before = stateHash(group.state);
  group.apply({ kind: "terminate", runId: run.id, reason: "late" });
  group.apply({ kind: "resume", runId: run.id });
  assert.is(stateHash(group.state), before);
});

test("rule 22: a run whose body throws has failed, with the failure as it was thrown", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  const failure = { name: "OutOfStock", message: "no lamps", data: bytes(1) };
  group.say(run, [{ kind: "finish", outcome: { ok: false, failure } }]);
  assert.equal(run.status, { kind: "failed", failure });
});

test("payload bytes are counted as they come, those of failures too", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  assert.is(run.bytes, 1);
  const cause = { name: "E", message: "mm", cause: { value: bytes(1, 2, 3) } };
  group.say(run, [
    write("1"),
    outcome("2"),
    {
      kind: "outcome",
      effect: effect("3"),
      outcome: { ok: false, failure: { name: "F", message: "m", stack: "ssss", cause } },
    },
  ]);
  assert.is(run.bytes, 1 + 1 + 1 + (1 + 1 + 4) + (1 + 2) + 3);
});

test.run();
