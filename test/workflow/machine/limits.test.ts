import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { BatchItem } from "../../../src/workflow/machine/command.ts";
import {
  JOURNAL_BYTES_MAX,
  JOURNAL_RECORDS_MAX,
  journalShare,
} from "../../../src/workflow/machine/limits.ts";
import { decodeState, encodeState } from "../../../src/workflow/machine/snapshot.ts";
import { bytes, checkInvariants, finish, groupOfThree, write } from "./group.ts";

/** Rule 22: at the limit of its journal a run is set aside. */
const test = suite("workflow machine: limits");

const writes = (count: number, from = 0): readonly BatchItem[] =>
  Array.from({ length: count }, (_, i) => write(`${from + i}`));

test("a journal of 10,000 records parks its run; each resume grants a tenth more", () => {
  const { group } = groupOfThree();
  const run = group.start("w");
  group.say(run, writes(JOURNAL_RECORDS_MAX - 2));
  assert.is(run.status.kind, "running");
  assert.ok(journalShare(run) < 1);
  const before = run.epoch;
  assert.equal(group.say(run, writes(1, JOURNAL_RECORDS_MAX)), { kind: "accepted" });
  assert.is(run.status.kind === "parked" && run.status.reason, "journal-full");
  assert.ok(run.epoch > before, "rule 16: nothing its owner still says is taken");
  assert.equal(group.say(run, [finish()]), { kind: "stale" });
  checkInvariants(group.state, "full");

  group.apply({ kind: "resume", runId: run.id });
  assert.is(run.status.kind, "running");
  group.say(run, writes(JOURNAL_RECORDS_MAX / 10 - 1, JOURNAL_RECORDS_MAX + 1));
  assert.is(run.status.kind, "running");
  const copy = decodeState(encodeState(group.state)).runs.get(run.id);
  assert.is(copy?.grants, 1);
  group.say(run, writes(1, 2 * JOURNAL_RECORDS_MAX));
  assert.is(run.status.kind, "parked");
  group.apply({ kind: "resume", runId: run.id });
  group.say(run, [finish()]);
  assert.is(run.status.kind, "completed");
});

test("16 MiB of payloads park it too, but not the batch that ends it", () => {
  const { group } = groupOfThree();
  const big = (at: string): BatchItem => ({
    ...(write(at) as Extract<BatchItem, { kind: "write" }>),
    value: new Uint8Array(JOURNAL_BYTES_MAX / 2),
  });
  const run = group.start("w");
  group.say(run, [big("0"), big("1")]);
  assert.is(run.status.kind, "parked");
  const ending = group.start("v");
  group.say(ending, [big("0"), big("1"), finish()]);
  assert.is(ending.status.kind, "completed");
});

test("a full run takes no signal; what it has had is still the same signal", () => {
  const { group } = groupOfThree();
  const run = group.start("w");
  const signal = (id: string) =>
    group.apply({ kind: "signal", workflowId: "w", id, name: "s", value: bytes(1) }).reply;
  assert.is(signal("a").kind, "signalled");
  group.say(run, writes(JOURNAL_RECORDS_MAX));
  assert.equal(signal("b"), { kind: "full", limit: JOURNAL_RECORDS_MAX, of: "records" });
  assert.is(signal("a").kind, "signalled", "rule 25");
});

test.run();
