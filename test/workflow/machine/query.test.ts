import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nodeId, path, position } from "../../../src/std/ids.ts";
import {
  describeRun,
  findRun,
  listRuns,
  type RunFilter,
  readVariable,
  versionsInUse,
} from "../../../src/workflow/machine/query.ts";
import { waitsText } from "../../../src/workflow/machine/rest.ts";
import { NO_TERMS } from "../../../src/workflow/machine/terms.ts";
import {
  attempt,
  bytes,
  divergence,
  finish,
  Group,
  groupOfThree,
  outcome,
  write,
} from "./group.ts";

const test = suite("workflow machine: query");

test("a description says who acts for a run, how far it is and what will be tried again", () => {
  const { group, members } = groupOfThree();
  const run = group.start("a");
  group.stampMs = 2_000;
  group.say(run, [write("1"), outcome("2"), attempt("3", "refused", 50)]);
  assert.equal(describeRun(group.state, run), {
    workflowId: "a",
    runId: run.id,
    name: "order",
    version: 1,
    status: "running",
    owner: { node: nodeId(1), name: "n1", incarnation: members[0].incarnation },
    epoch: 4,
    tags: [],
    through: -1,
    startedAtMs: 1_000,
    records: 4,
    bytes: 1 + 1 + 1 + "Error".length + "refused".length,
    attempts: [
      {
        path: path("3"),
        failures: 1,
        last: { name: "Error", message: "refused" },
        notBeforeMs: 2_050,
      },
    ],
    unfit: [],
    waits: [],
  });
});

test("rule 20: a description says what its owner told that it waits for, while it lasts", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  const since = position(0);
  const waits = [
    { path: path("1.a b.0"), kind: "sleep", name: "", since, dueMs: 9_000 },
    { path: path("3"), kind: "step", name: "pay\n100 %", since, dueMs: undefined },
    { path: path("4"), kind: "receive", name: "☂", since, dueMs: -5 },
  ] as const;
  group.say(run, [attempt("3", "refused", 50)]);
  const rest = { kind: "rest", isAsleep: false, waits: waitsText(waits) } as const;
  group.say(run, [rest], { through: since });
  assert.equal(describeRun(group.state, run).waits, [
    { kind: "sleep", path: path("1.a b.0"), dueMs: 9_000 },
    { kind: "step", path: path("3"), name: "pay\n100 %", attempt: 2 },
    { kind: "receive", path: path("4"), name: "☂", dueMs: -5 },
  ]);
  group.apply({ kind: "signal", workflowId: "a", id: "s", name: "go", value: bytes(1) });
  assert.equal(describeRun(group.state, run).waits, [], "what came may have ended them");
});

test("a start with a delay is described as waiting for it, and its time counts from then", () => {
  const { group } = groupOfThree();
  const run = group.start("a", { terms: { ...NO_TERMS, delayMs: 5_000, timeoutMs: 100 } });
  const { deadlineMs, startedAtMs, waits } = describeRun(group.state, run);
  assert.equal([startedAtMs, deadlineMs], [6_000, 6_100]);
  assert.equal(waits, [{ kind: "start", dueMs: 6_000 }]);
});

test("a description gives the reason of whatever keeps a run, or ended it", () => {
  const { group, members } = groupOfThree();
  const [parked, failed, ended, waiting] = ["a", "b", "c", "d"].map((id) => group.start(id));
  if (!parked || !failed || !ended || !waiting) throw new Error("four runs");
  const park = { kind: "park", reason: "diverged", divergence } as const;
  group.apply({ ...park, runId: parked.id, epoch: parked.epoch });
  const failure = { name: "OutOfStock", message: "no lamps" };
  group.say(failed, [{ kind: "finish", outcome: { ok: false, failure } }]);
  group.apply({ kind: "terminate", runId: ended.id, reason: "no more" });
  for (const dead of members) group.apply({ kind: "assign-owners", dead });
  const view = (run: typeof parked) => describeRun(group.state, run);
  assert.equal(view(parked).divergence, divergence);
  assert.is(view(parked).reason, `diverged: ${divergence.reason}`);
  assert.is(view(failed).reason, "OutOfStock: no lamps");
  assert.is(view(failed).endedAtMs, 1_000);
  assert.is(view(ended).reason, "no more");
  assert.match(view(waiting).reason ?? "", /^no member has order@1 now/);
  assert.is(view(waiting).owner, undefined);
});

test("runs are listed in the order of their starts, page by page, each once", () => {
  const { group } = groupOfThree();
  for (let i = 0; i < 25; i++) group.start(`w${i}`, { owner: nodeId(1 + (i % 3)) });
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = listRuns(group.state, { limit: 7, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.runs.map((run) => run.workflowId));
    cursor = page.cursor;
    group.start(`late${ids.length}`);
  } while (cursor !== undefined && ids.length < 100);
  assert.equal(
    ids.slice(0, 25),
    Array.from({ length: 25 }, (_, i) => `w${i}`),
  );
  assert.is(new Set(ids).size, ids.length);
});

test("a list takes status and name, and keeps within its limits", () => {
  const { group } = groupOfThree();
  for (let i = 0; i < 130; i++) group.start(`w${i}`, { name: i % 2 === 0 ? "order" : "refund" });
  const some = group.state.runs.values().next().value;
  if (some === undefined) throw new Error("no run");
  group.say(some, [finish()]);
  assert.is(listRuns(group.state).runs.length, 100);
  assert.is(listRuns(group.state, { limit: 0 }).runs.length, 1);
  assert.is(listRuns(group.state, { limit: 1e9 }).runs.length, 130);
  assert.is(listRuns(group.state, { limit: 1e9 }).cursor, undefined);
  const ended = listRuns(group.state, { status: "completed" }).runs;
  assert.equal(
    ended.map((run) => run.workflowId),
    ["w0"],
  );
  const waiting = listRuns(group.state, { status: "unassigned", name: "refund" });
  assert.is(waiting.runs.length, 65);
  assert.is(listRuns(group.state, { name: "refund", status: "running" }).runs.length, 0);
  assert.equal(listRuns(group.state, { cursor: "not one of ours" }), { runs: [] });
});

test("a run is found by its workflow id, and a variable by its name", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  group.say(run, [write("1", { kind: "variable", name: "status", value: 5 })]);
  assert.is(findRun(group.state, "a"), run);
  assert.is(findRun(group.state, "b"), undefined);
  assert.equal(readVariable(run, "status"), bytes(5));
  assert.is(readVariable(run, "other"), undefined);
});

test("filters go together: version, tags, the beginning of the id; pages stay stable", () => {
  const group = new Group();
  group.announce(1, "order@1", "order@2");
  const tagged = (...tags: readonly (readonly [string, string])[]) => ({
    terms: { ...NO_TERMS, tags },
  });
  group.start("a-1", tagged(["city", "Bern"], ["size", "L"]));
  group.start("a-2", { version: 2, ...tagged(["city", "Bern"]) });
  group.start("b-1", tagged(["city", "Rome"]));
  group.start("a-3", tagged(["city", "Bern"]));
  const ids = (filter: RunFilter): readonly string[] =>
    listRuns(group.state, filter).runs.map(({ workflowId }) => workflowId);
  assert.equal(ids({ tags: [["city", "Bern"]] }), ["a-1", "a-2", "a-3"]);
  assert.equal(
    ids({
      tags: [
        ["city", "Bern"],
        ["size", "L"],
      ],
    }),
    ["a-1"],
  );
  assert.equal(ids({ tags: [["size", "Bern"]] }), []);
  assert.equal(ids({ version: 2 }), ["a-2"]);
  assert.equal(ids({ idPrefix: "b" }), ["b-1"]);
  const first = listRuns(group.state, { tags: [["city", "Bern"]], limit: 2 });
  group.start("a-0", tagged(["city", "Bern"]));
  const cursor = first.cursor ?? "none";
  assert.equal(ids({ tags: [["city", "Bern"]], cursor }), ["a-3", "a-0"]);
});

test("which versions there are runs of, and whether they have ended", () => {
  const { group } = groupOfThree();
  const run = group.start("a");
  group.start("b");
  group.start("c", { version: 2 });
  group.apply({ kind: "terminate", runId: run.id, reason: "" });
  assert.equal(versionsInUse(group.state), [
    { name: "order", version: 1, open: 1, ended: 1 },
    { name: "order", version: 2, open: 1, ended: 0 },
  ]);
});

test.run();
