import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import AjvDraft04 from "ajv-draft-04";
import addFormats from "ajv-formats";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Finding } from "../../compiler/finding.ts";
import { FORMATS, type FormatName } from "../../compiler/format/formats.ts";
import { ANNOTATIONS_OF_A_KIND_MAX } from "../../compiler/format/github.ts";
import { assemble, type ReportSettings } from "../../compiler/report/assemble.ts";
import type { LintReport } from "../../compiler/report/report.ts";
import { DESCRIBED_RULES, RULE_FACTS } from "../../compiler/rule-facts.ts";
import { analysisOf, FILES, LOGGING, span, TIME } from "../fixtures/lint/analyses.ts";

const test = suite("lint: formats");
const require = createRequire(import.meta.url);

const SETTINGS: ReportSettings = {
  rules: RULE_FACTS,
  severities: new Map(),
  workflow: undefined,
  paths: [],
  baseline: undefined,
  fingerprints: undefined,
};

const ALLOW = {
  file: "src/fees.ts",
  line: 4,
  col: 40,
  endCol: 60,
  ruleIds: ["RD111"],
  reason: "printed once, by the owner",
  firstLine: 4,
  lastLine: 4,
};

function reportOf(
  findings: readonly Finding[],
  settings: Partial<ReportSettings> = {},
): LintReport {
  const {
    summary,
    workflows,
    findings: reported,
  } = assemble(analysisOf(findings), settings.baseline === undefined ? [] : [ALLOW], {
    ...SETTINGS,
    ...settings,
  });
  const tool = { name: "raftoral lint", version: "0.1.0", typescript: "6.0.2" };
  return { schemaVersion: 1, tool, summary: { ...summary, ms: 41 }, workflows, findings: reported };
}

function printed(name: FormatName, report: LintReport, hasColors = false): string {
  return FORMATS[name](report, {
    shown: (file) => `app/${file}`,
    source: (file) => Object.entries(FILES).find(([path]) => path === file)?.[1],
    hasColors,
    rules: DESCRIBED_RULES,
  });
}

/** One of each: plain, fixable, allowed, in the baseline and stale. */
function richReport(): LintReport {
  const fixable: Finding = {
    ...TIME,
    ruleId: "RD202",
    category: "plain-yield",
    fix: [{ file: "src/fees.ts", start: 5, end: 10, text: "yield*" }],
    fingerprint: "f3",
  };
  const entry = { ruleId: "RD101", file: "src/clock.ts", message: "m", count: 1 };
  const content = {
    schemaVersion: 1,
    findings: [
      { ...entry, fingerprint: "f1" },
      { ...entry, fingerprint: "gone" },
    ],
  } as const;
  const baseline = { content, file: "baseline.json", lineOf: () => 7 };
  return reportOf([TIME, LOGGING, fixable], { baseline });
}

test("stylish shows the code, the numbered way, the help, the page and a summary", () => {
  const text = printed("stylish", reportOf([TIME]));
  assert.is(
    text,
    [
      "app/src/clock.ts",
      "    2:9  error  Date.now() is read while the workflow body runs   RD101 time",
      "           1 | export function stamp() {",
      "         > 2 | \treturn Date.now();",
      "             | \t       ^^^^^^^^^^",
      "           3 | }",
      "         1. workflow checkout@3 (app/src/orders.ts:8)",
      "         2. quote (app/src/fees.ts:4)",
      "         3. stamp (app/src/clock.ts:2)",
      "         4. Date.now (app/src/clock.ts:2)",
      "         help: const t = yield* now()",
      `         ${RULE_FACTS.get("RD101")?.docs}`,
      "",
      "✖ 1 error, 0 warnings in 1 of 2 workflows (3 files, 0.0 s)",
      "",
    ].join("\n"),
  );
});

test("stylish without findings is one line", () => {
  assert.is(
    printed("stylish", reportOf([])),
    "✔ no errors, no warnings in 2 workflows (3 files, 0.0 s)\n",
  );
});

test("stylish counts what is allowed and what is known, and shows neither", () => {
  const text = printed("stylish", richReport());
  assert.not.match(text, "RD101 time");
  assert.not.match(text, "RD111");
  assert.match(text, "1 allowed by comments, 1 known to the baseline");
  assert.match(text, "1 can be mended with --fix");
});

test("colours are there only when they are asked for", () => {
  const start = "\u001b[";
  assert.ok(!printed("stylish", richReport()).includes(start));
  assert.ok(printed("stylish", richReport(), true).includes(start));
});

test("json is as its schema says, and the schema refuses what is not", () => {
  const schema = JSON.parse(readFileSync("compiler/schemas/lint-report.schema.json", "utf8"));
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  const validate: (report: unknown) => boolean = ajv.compile(schema);
  const report = JSON.parse(printed("json", richReport()));
  assert.ok(validate(report), JSON.stringify(Reflect.get(validate, "errors")));
  assert.is(report.workflows[1].version, null);
  assert.is(report.findings.length, 4);
  report.findings[0].severity = "bad";
  assert.not.ok(validate(report));
  assert.not.ok(validate({ ...JSON.parse(printed("json", reportOf([]))), extra: 1 }));
});

test("sarif is valid against the official schema of 2.1.0", () => {
  const file = require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
  const ajv = new AjvDraft04.default({ allErrors: true, strict: false, unicodeRegExp: false });
  addFormats.default(ajv);
  const validate: (log: unknown) => boolean = ajv.compile(JSON.parse(readFileSync(file, "utf8")));
  for (const report of [reportOf([]), richReport()]) {
    const log = JSON.parse(printed("sarif", report));
    assert.ok(validate(log), JSON.stringify(Reflect.get(validate, "errors")));
    log.runs[0].results.push({ level: "bad" });
    assert.not.ok(validate(log));
  }
});

test("sarif carries the way, the rule's page, the fingerprint, the reason and the baseline", () => {
  const [run] = JSON.parse(printed("sarif", richReport())).runs;
  const of = (id: string) => run.results.find((r: { ruleId: string }) => r.ruleId === id);
  const { locations } = of("RD101").codeFlows[0].threadFlows[0];
  assert.is(locations.length, 4);
  assert.is(locations[0].location.message.text, "workflow checkout@3");
  assert.is(locations[3].location.message.text, "Date.now");
  assert.equal(locations[3].kinds, ["sink"]);
  assert.is(of("RD101").partialFingerprints["raftoralSymbolPath/v1"], "f1");
  assert.is(of("RD101").baselineState, "unchanged");
  assert.equal(of("RD111").suppressions, [
    { kind: "inSource", justification: "printed once, by the owner" },
  ]);
  assert.is(of("RD202").baselineState, "new");
  assert.is(of("RD202").fixes[0].artifactChanges[0].replacements[0].insertedContent.text, "yield*");
  for (const rule of run.tool.driver.rules) assert.match(rule.helpUri, /^https:.*RD\d{3}/);
  const { uri, uriBaseId } = of("RD101").locations[0].physicalLocation.artifactLocation;
  assert.equal([uri, uriBaseId], ["app/src/clock.ts", "SRCROOT"]);
});

test("github escapes what would end a property or a command", () => {
  const odd: Finding = { ...TIME, message: "100%\nsure", file: "src/a,b:c.ts" };
  const [line = ""] = printed("github", reportOf([odd])).split("\n");
  const head =
    "::error file=app/src/a%2Cb%3Ac.ts,line=2,endLine=2,col=9,endColumn=19,title=RD101 time::";
  assert.ok(line.startsWith(`${head}100%25%0Asure%0A1. workflow checkout@3`), line);
});

test("github says no columns of a range longer than a line", () => {
  const long: Finding = { ...TIME, range: { ...TIME.range, endLine: 4 } };
  assert.not.match(printed("github", reportOf([long])), /col=|endColumn=/);
});

test("github prints errors first, ten of a kind, and how many more there are", () => {
  const many = (finding: Finding): readonly Finding[] =>
    Array.from({ length: 13 }, (_, i) => {
      return { ...finding, range: span(i + 1, 1, 2), fingerprint: `${finding.ruleId}${i}` };
    });
  const lines = printed("github", reportOf([...many(LOGGING), ...many(TIME)])).split("\n");
  const kinds = lines.map((line) => /^::(\w+)/.exec(line)?.[1] ?? line);
  const max = ANNOTATIONS_OF_A_KIND_MAX;
  assert.equal(
    kinds.slice(0, max),
    Array.from({ length: max }, () => "error"),
  );
  assert.match(kinds[max] ?? "", /^3 more of kind error/);
  assert.equal(new Set(kinds.slice(max + 1, 2 * max + 1)), new Set(["warning"]));
  assert.match(kinds[2 * max + 1] ?? "", /^3 more of kind warning/);
});

test("agent gives each finding one line with all that is needed, and a total", () => {
  const lines = printed("agent", reportOf([{ ...TIME, message: "two\nlines" }])).split("\n");
  assert.is(lines.length, 3);
  assert.match(
    lines[0] ?? "",
    /^app\/src\/clock.ts:2:9 error RD101 two lines \| in checkout@3 \| path /,
  );
  assert.match(lines[0] ?? "", "help const t = yield* now()");
  assert.is(lines[1], "1 error, 0 warnings");
});

test("junit has a case for each workflow, failed by its errors alone, in well-formed XML", () => {
  const text = printed("junit", reportOf([TIME, LOGGING, { ...TIME, message: '\u0001<&">' }]));
  assert.match(text, '<testsuite name="raftoral lint" tests="2" failures="1"');
  assert.match(text, '<testcase name="checkout@3" classname="app/src/orders.ts">');
  assert.match(text, '<testcase name="refund@?" classname="app/src/orders.ts"/>');
  assert.match(text, "\uFFFD&lt;&amp;&quot;&gt;");
  assert.match(text, "every replay &lt;twice&gt;");
  assert.is((text.match(/<failure/g) ?? []).length, 2);
  assert.is((text.match(/<system-out>/g) ?? []).length, 1);
  assert.not.match(text, "\u0001");
});

test("what is allowed or known makes no format complain", () => {
  const allowed = richReport();
  for (const name of ["stylish", "github", "agent", "junit"] as const) {
    const text = printed(name, allowed);
    assert.not.match(text, "RD111");
    assert.match(text, "RD202");
    assert.match(text, "RD903");
  }
});

test("the schema of the configuration accepts what the linter accepts, key by key", () => {
  const schema = JSON.parse(readFileSync("compiler/schemas/lint-config.schema.json", "utf8"));
  const validate = new Ajv({ allErrors: true }).compile(schema);
  assert.ok(validate({ rules: { RD101: "warn" }, declare: { "npm:dayjs": "clean" } }));
  assert.not.ok(validate({ rule: {} }));
});

test.run();
