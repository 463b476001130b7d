import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../../src/errors.ts";
import { prng } from "../../../src/std/prng.ts";
import { ENGINE_VERSION } from "../../../src/std/version.ts";
import { historyOf, historyPage } from "../../../src/workflow/history/history.ts";
import { readHistory } from "../../../src/workflow/history/read-history-codec.ts";
import { valueForm } from "../../../src/workflow/history/value-form.ts";
import type { Journal } from "../../../src/workflow/interpreter/journal.ts";
import type { Run } from "../../../src/workflow/machine/state.ts";
import { createValueCodec } from "../../../src/workflow/values/codec.ts";
import { bytes, finish, Group, outcome, write } from "../machine/group.ts";
import { randomCommand } from "../machine/random-commands.ts";
import { randomValue } from "../values/random-values.ts";

const test = suite("workflow history");

const codec = createValueCodec();

function journalOf(run: Run): Journal {
  const { id, originId, workflowId, name, version, input, startedAtMs, scheduling, through } = run;
  const { inputs, writes, writesByCursor, epochMarks } = run;
  const origin = originId === undefined ? {} : { originId };
  const named = { id, ...origin, workflowId, name, version };
  const facts = { ...named, input, startedAtMs, scheduling, through };
  return { ...facts, inputs, writes, writesByCursor, epochMarks };
}

function* randomRuns(): Generator<{ readonly run: Run; readonly hint: string }> {
  for (let seed = 1; seed <= 8; seed++) {
    const random = prng(seed);
    const group = new Group();
    for (let i = 0; i < 250; i++) group.apply(randomCommand(random, group.state));
    for (const run of group.state.runs.values()) yield { run, hint: `SEED=${seed} run=${run.id}` };
  }
}

test("the law: a history read back is the run's journal, whatever the run", () => {
  let records = 0;
  for (const { run, hint } of randomRuns()) {
    const lines = historyOf(run);
    const read = readHistory(`${lines.join("\n")}\n`);
    assert.equal(read.journal, journalOf(run), hint);
    assert.is(read.status, run.status.kind, hint);
    records += run.inputs.length + run.writes.size;
  }
  assert.ok(records > 500, `only ${records} records`);
});

test("pages are the same lines, each once, in order", () => {
  for (const { run, hint } of randomRuns()) {
    const lines: string[] = [];
    for (let from: number | undefined = 0; from !== undefined; ) {
      const page = historyPage(run, { from, bytesMax: 200 });
      lines.push(...page.lines);
      from = page.next;
    }
    assert.equal(lines, historyOf(run), hint);
  }
});

test("a value's form gives its very bytes, and JSON that people read where it can", () => {
  const random = prng(5);
  const { id } = new Group().start("w");
  for (let i = 0; i < 500; i++) {
    const input = codec.encode(randomValue(random));
    const run = { ...new Group().start("w", { input }), id };
    assert.equal(readHistory(historyOf(run)).journal.input, input, `value ${i}`);
  }
  assert.equal(valueForm(codec.encode({ a: [1] }), false), { json: { a: [1] } });
  assert.equal(valueForm(codec.encode(undefined), false), { none: true });
  assert.equal(valueForm(bytes(1, 123, 32, 125), false), { base64: "AXsgfQ==" });
});

test("redacted, it tells sizes and no values, and is refused by a replay", () => {
  const group = new Group();
  group.announce(1, "order@1");
  const secret = codec.encode("swordfish");
  const run = group.start("w", { input: secret });
  group.say(run, [write("0"), outcome("1"), finish()]);
  const text = historyOf(run, { redact: true }).join("\n");
  assert.not.match(text, "swordfish");
  assert.match(text, `"redacted":${secret.length}`);
  assert.match(historyOf(run).join("\n"), "swordfish");
  assert.throws(() => readHistory(text), isMalformed);
});

test("what is no history is refused, each part of it", () => {
  const group = new Group();
  group.announce(1, "order@1");
  const run = group.start("w");
  group.say(run, [write("0"), outcome("1")]);
  const lines = historyOf(run);
  const [head = "", ...rest] = lines;
  const damaged = [
    "",
    "5",
    "{}",
    rest.join("\n"),
    head.replace('"format":1', '"format":2'),
    head.replace('"scheduling":1', '"scheduling":2'),
    head.replace('"through"', '"threw"'),
    head.replace('"epochMarks"', '"marks"'),
    ...rest.map((line) => `${head}\n${line.replace('"position"', '"place"')}`),
    ...rest.map((line) => `${head}\n${line.replace('"kind"', '"sort"')}`),
    `${head}\n{`,
  ];
  for (const text of damaged)
    assert.throws(() => readHistory(text), isMalformed, text.slice(0, 80));
});

const isMalformed = (error: unknown): boolean =>
  error instanceof RaftoralError && error.code === "malformed";

test("the version in histories is the package's", () => {
  assert.is(JSON.parse(readFileSync("package.json", "utf8")).version, ENGINE_VERSION);
});

test.run();
