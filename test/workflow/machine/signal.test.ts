import { suite } from "uvu";
import * as assert from "uvu/assert";
import { position } from "../../../src/std/ids.ts";
import type { BatchItem, FinishAs, Reply } from "../../../src/workflow/machine/command.ts";
import { findRun } from "../../../src/workflow/machine/query.ts";
import { SIGNAL_IDS_MAX, SIGNALS_MAX } from "../../../src/workflow/machine/signal.ts";
import { decodeState, encodeState, stateHash } from "../../../src/workflow/machine/snapshot.ts";
import type { Run } from "../../../src/workflow/machine/state.ts";
import { bytes, checkInvariants, finish, type Group, groupOfThree, startOf } from "./group.ts";

const test = suite("workflow machine: signals, cancellation, continuation");

const send = (group: Group, id: string, name = "paid", workflowId = "order-1"): Reply =>
  group.apply({ kind: "signal", workflowId, id, name, value: bytes(1) }).reply;

const cancel = (group: Group, id = "x"): Reply =>
  group.apply({ kind: "cancel", workflowId: "order-1", id, reason: "why" }).reply;

const kindsOf = (run: Run): readonly string[] =>
  run.inputs.map((input) => (input.kind === "signal" ? input.id : input.kind));

const continued = (...consumed: readonly string[]): BatchItem => ({
  kind: "finish",
  outcome: { ok: true, value: bytes() },
  as: { kind: "continued", input: bytes(2), inputHash: "h2", consumed },
});

/** The run that the id names now. */
function present(group: Group): Run {
  const run = findRun(group.state, "order-1");
  if (run === undefined) throw new Error("no run");
  return run;
}

test("a signal is an input, at the next position, with the leader's time", () => {
  const { group } = groupOfThree();
  const run = group.start("order-1");
  group.stampMs = 5_000;
  assert.equal(send(group, "a"), { kind: "signalled", runId: run.id });
  const { index: _, ...input } = run.inputs[1] ?? {};
  const value = bytes(1);
  const expected = { kind: "signal", id: "a", name: "paid", value, position: 1, atMs: 5_000 };
  assert.equal(input, expected);
});

test("rule 25: the same id is the same signal, after the run's end too", () => {
  const { group } = groupOfThree();
  const run = group.start("order-1");
  send(group, "a");
  send(group, "b");
  assert.equal(send(group, "a"), { kind: "signalled", runId: run.id });
  assert.equal(kindsOf(run), ["start", "a", "b"]);
  group.say(run, [finish()]);
  assert.is(send(group, "a").kind, "signalled");
  assert.equal(send(group, "c"), { kind: "ended", status: "completed" });
});

test("who sends to a run that never was is told", () => {
  const { group } = groupOfThree();
  assert.equal(send(group, "a"), { kind: "unknown" });
  assert.equal(cancel(group), { kind: "unknown" });
});

test("a run has a limit of signals; its ids one of their own", () => {
  const { group } = groupOfThree();
  const run = group.start("order-1");
  for (let i = 0; i < SIGNALS_MAX; i++) send(group, `s${i}`);
  assert.equal(send(group, "one more"), { kind: "full", limit: SIGNALS_MAX, of: "signals" });
  assert.is(send(group, "s0").kind, "signalled");
  assert.is(run.signals, SIGNALS_MAX);
  assert.ok(SIGNAL_IDS_MAX > SIGNALS_MAX);
});

test("rule 9: a run is cancelled once; an ended one stays as it is", () => {
  const { group } = groupOfThree();
  const run = group.start("order-1");
  assert.equal(cancel(group), { kind: "done" });
  assert.equal(cancel(group), { kind: "done" });
  assert.equal(cancel(group, "y"), { kind: "done" });
  assert.equal(kindsOf(run), ["start", "cancel"]);
  const as: FinishAs = { kind: "cancelled", reason: "why" };
  const outcome = { ok: false, failure: { name: "Cancelled", message: "why" } } as const;
  group.say(run, [{ kind: "finish", outcome, as }]);
  assert.equal(run.status, { kind: "cancelled", reason: "why" });
  assert.equal(cancel(group), { kind: "done" });
  assert.equal(cancel(group, "z"), { kind: "ended", status: "cancelled" });
  checkInvariants(group.state, "cancelled");
});

test("rule 23: a continued run is over; its id names the next one, of the same owner", () => {
  const { group, members } = groupOfThree();
  const run = group.start("order-1");
  group.say(run, [continued()]);
  const next = present(group);
  assert.equal(run.status, { kind: "continued", runId: next.id });
  assert.is.not(next.id, run.id);
  assert.equal([next.name, next.version, next.input], ["order", 1, bytes(2)]);
  assert.equal(next.owner, members[0]);
  assert.equal(kindsOf(next), ["start"]);
  assert.equal(group.say(run, [finish()]), { kind: "stale" });
  checkInvariants(group.state, "continued");
});

test("rule 23: unread signals go over in order, all ids too, an unfed cancellation too", () => {
  const { group } = groupOfThree();
  const run = group.start("order-1");
  for (const id of ["a", "b", "c"]) send(group, id);
  cancel(group);
  send(group, "d");
  // It rested after "c": the cancellation and "d" were not fed.
  group.say(run, [continued("b")], { through: position(3) });
  const next = present(group);
  assert.equal(kindsOf(next), ["start", "a", "c", "cancel", "d"]);
  assert.is(next.isCancelled, true);
  assert.is(send(group, "b").kind, "signalled");
  assert.equal(kindsOf(next).length, 5, "an id that was consumed long ago is still known");
  assert.is(next.through, -1, "nothing was fed to the next run yet");
});

test("rule 23: a cancellation that was fed does not go over", () => {
  const { group } = groupOfThree();
  const run = group.start("order-1");
  cancel(group);
  group.say(run, [continued()], { through: position(1) });
  assert.equal(kindsOf(present(group)), ["start"]);
  assert.is(present(group).isCancelled, false);
  cancel(group);
  assert.is(present(group).isCancelled, false, "rule 25: nor does its repetition");
});

test("runs that are continued in one entry get ids of their own", () => {
  const { group } = groupOfThree();
  const runs = ["order-1", "order-2"].map((id) => group.start(id));
  const batches = runs.map((run) => ({
    runId: run.id,
    epoch: run.epoch,
    sequence: 1,
    through: run.through,
    items: [continued()],
  }));
  group.apply({ kind: "batches", batches });
  assert.is(group.state.runs.size, 4);
  checkInvariants(group.state, "two continued");
});

test("rule 25: the same start again joins the chain that it began", () => {
  const { group } = groupOfThree();
  const run = group.start("order-1");
  group.say(run, [continued()]);
  assert.equal(group.apply(startOf("order-1")).reply, {
    kind: "joined",
    runId: present(group).id,
  });
  assert.is(group.apply(startOf("order-1", { inputHash: "h2" })).reply.kind, "conflict");
});

test("rule 27: all of it survives a snapshot", () => {
  const { group } = groupOfThree();
  const run = group.start("order-1");
  send(group, "a");
  cancel(group);
  group.say(run, [continued()]);
  send(group, "b");
  const copy = decodeState(encodeState(group.state));
  assert.is(stateHash(copy), stateHash(group.state));
  const next = findRun(copy, "order-1");
  assert.equal([next?.signals, [...(next?.signalIds ?? [])]], [2, ["a", "x", "b"]]);
});

test.run();
