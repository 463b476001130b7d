import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CHECKS } from "./checks.ts";
import { type Evidence, History, type Operation, readHistory, type What } from "./history.ts";

/** The checks of the end-to-end suite find what they are for, in histories made up for it. */
const test = suite("e2e: checks");

let atMs = 0;
/** One after the other, unless it says when. */
function did(what: Omit<What, "client">, more: Partial<Operation> = {}): Operation {
  const invokedMs = ++atMs;
  return { client: "c1", invokedMs, endedMs: ++atMs, outcome: "ok", ...what, ...more };
}

const start = (run: string): Operation => did({ kind: "start", run });
const sent = (id: string, more: Partial<Operation> = {}): Operation =>
  did({ kind: "signal", run: "m", id }, more);
const read = (value: number): Operation => did({ kind: "read", run: "k" }, { value });
const look = (value: number): Operation => did({ kind: "look", run: "k" }, { value });
const told = (run: string, value: readonly string[]): Operation =>
  did({ kind: "result", run }, { value });

const executed = (token: string, key: string, attempt = 1) => ({
  token,
  key,
  run: key.slice(0, 1),
  attempt,
  node: "a",
});

/** Nothing is wrong with it: a chain, a mailbox and a patient, and an owner that died once. */
function sound(): Evidence {
  return {
    terms: { effects: 2, runsAtOnce: 3, disruptions: 1 },
    operations: [
      start("k"),
      look(0),
      read(-1),
      read(1),
      read(2),
      told("k", ["e1", "e3"]),
      look(1),
      start("m"),
      sent("m-1"),
      sent("m-2", { outcome: "unknown" }),
      sent("m-2"),
      sent("m-1"),
      told("m", ["m-1", "m-2"]),
      start("p"),
      did({ kind: "cancel", run: "p" }),
      told("p", ["cancelled"]),
    ],
    runs: [
      { run: "k", workflow: "chain", status: "completed", value: ["e1", "e3"] },
      { run: "m", workflow: "mailbox", status: "completed", value: ["m-1", "m-2"] },
      { run: "p", workflow: "patient", status: "cancelled" },
    ],
    executions: [
      executed("e1", "k1"),
      executed("e2", "k2"),
      executed("e3", "k2", 2),
      executed("e4", "p1"),
    ],
  };
}

function brokenBy(evidence: Evidence): readonly string[] {
  return CHECKS.filter(([, find]) => find(evidence).length > 0).map(([law]) => law);
}

const finds = (name: string, law: RegExp, plant: (evidence: Evidence) => Evidence): void =>
  test(name, () => {
    const broken = brokenBy(plant(sound()));
    assert.ok(
      broken.some((one) => law.test(one)),
      `found: ${broken.join("; ") || "nothing"}`,
    );
  });

const and = (evidence: Evidence, ...more: readonly Operation[]): Evidence => ({
  ...evidence,
  operations: [...evidence.operations, ...more],
});

/** With one run's end as somebody planted it. */
const ending = (evidence: Evidence, run: string, end: object): Evidence => ({
  ...evidence,
  runs: evidence.runs.map((one) => (one.run === run ? { ...one, ...end } : one)),
});

test("a history in which all is well breaks no law", () => {
  assert.equal(brokenBy(sound()), []);
});

test("each law is broken by one of the planted histories at least", () => {
  const all = planted.flatMap(([, , plant]) => brokenBy(plant(sound())));
  assert.equal(
    CHECKS.map(([law]) => law).filter((law) => !all.includes(law)),
    [],
  );
});

const without = (kind: Operation["kind"]) => (evidence: Evidence) => ({
  ...evidence,
  operations: evidence.operations.filter((one) => one.kind !== kind),
});

const planted: readonly (readonly [string, RegExp, (evidence: Evidence) => Evidence])[] = [
  ["a load that sends no signal", /at least once/, without("signal")],
  ["a start that was acknowledged and is gone", /start is lost/, (e) => and(e, start("gone"))],
  [
    "a run that hangs",
    /end that it should/,
    (e) => ending(e, "m", { status: "running", value: undefined }),
  ],
  ["a chain that ended early", /end that it should/, (e) => ending(e, "k", { value: ["e1"] })],
  [
    "a cancellation that was acknowledged and never came",
    /cancellation is lost/,
    (e) => ending(e, "p", { status: "completed", value: [] }),
  ],
  ["a signal that is lost", /signal is lost/, (e) => and(e, sent("m-3"))],
  [
    "a signal that came twice",
    /arrives once/,
    (e) => ending(e, "m", { value: ["m-1", "m-1", "m-2"] }),
  ],
  [
    "a signal that nobody sent",
    /signal is lost/,
    (e) => ending(e, "m", { value: ["m-1", "m-2", "m-9"] }),
  ],
  [
    "signals in another order than that in which they were acknowledged",
    /order sent/,
    (e) => ending(e, "m", { value: ["m-2", "m-1"] }),
  ],
  ["two results of one run", /one result/, (e) => and(e, told("k", ["e1", "e2"]))],
  [
    "two results of a run that the list does not have any more",
    /one result/,
    (e) => and(e, told("x", ["e1"]), told("x", ["e2"])),
  ],
  [
    "an accepted result that no execution gave",
    /one of its executions/,
    (e) => ending(e, "k", { value: ["e1", "e9"] }),
  ],
  [
    "two accepted results of one effect",
    /one of its executions/,
    (e) => ending(e, "k", { value: ["e2", "e3"] }),
  ],
  [
    "an effect under two keys",
    /one key/,
    (e) => ({ ...e, executions: [...e.executions, executed("e5", "k3")] }),
  ],
  [
    "an effect that was never executed",
    /one key/,
    (e) => ({ ...e, executions: e.executions.filter(({ run }) => run !== "p") }),
  ],
  [
    "an attempt that ran twice",
    /attempt/,
    (e) => ({ ...e, executions: [...e.executions, executed("e5", "k1")] }),
  ],
  [
    "executions that no disruption explains",
    /disrupted at the most/,
    (e) => ({ ...e, terms: { ...e.terms, disruptions: 0 } }),
  ],
  ["a stale read", /progress never goes back/, (e) => and(e, read(1))],
  ["a run that is not there after its start was told", /told of/, (e) => and(e, look(-1))],
  ["a run that goes on after its end was told", /told of/, (e) => and(e, look(0))],
  [
    "a call that was refused",
    /refused/,
    (e) => and(e, sent("m-4", { outcome: "failed", error: "WorkflowNotFound" })),
  ],
];
for (const [name, law, plant] of planted) finds(`found: ${name}`, law, plant);

test("reads that overlap may come in either order", () => {
  const evidence = sound();
  const early = { invokedMs: atMs + 1, endedMs: atMs + 10 };
  const late = { invokedMs: atMs + 2, endedMs: atMs + 3 };
  const both = [
    did({ kind: "read", run: "k" }, { ...early, value: 2 }),
    did({ kind: "read", run: "k" }, { ...late, value: 3 }),
  ];
  assert.equal(brokenBy(and(evidence, ...both)), []);
});

test("what is checked is the file: a call without an end in it may have happened", async () => {
  const folder = mkdtempSync(join(tmpdir(), "raftoral-checks-"));
  const path = join(folder, "history.jsonl");
  const history = new History(path);
  const what = { kind: "signal", client: "c1", run: "m", id: "m-1" } as const;
  await history.record(
    what,
    async () => undefined,
    () => "failed",
  );
  void history.record(
    what,
    () => new Promise(() => {}),
    () => "failed",
  );
  await history.record(
    what,
    () => Promise.reject(new Error("no")),
    () => "failed",
  );
  const { executions, runs, terms } = sound();
  history.conclude({ executions, runs, terms });
  await history.close();
  const found = readHistory(path);
  assert.equal(
    found.operations.map(({ error, id, outcome }) => [id, outcome, error]),
    [
      ["m-1", "ok", undefined],
      ["m-1", "unknown", undefined],
      ["m-1", "failed", "Error: no"],
    ],
  );
  assert.equal(found.runs.length, runs.length);
  assert.equal(found.executions.length, executions.length);
  assert.is(found.terms.effects, terms.effects);
  rmSync(folder, { recursive: true });
});

test.run();
