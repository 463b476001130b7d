import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { LintOptions } from "../../compiler/config/settings.ts";
import type { Finding } from "../../compiler/finding.ts";
import type { Analyser } from "../../compiler/project/analysed.ts";
import { runLint } from "../../compiler/run.ts";
import {
  analyserOf,
  analysisOf,
  FEES,
  FILES,
  LOGGING,
  projectOf,
  TIME,
  writeFiles,
} from "../fixtures/lint/analyses.ts";

const test = suite("lint: a run");

const both = (): Analyser & { calls: () => number } =>
  analyserOf(() => analysisOf([LOGGING, TIME]));

async function idsOf(options: LintOptions, analyser = both()): Promise<readonly string[]> {
  const { report } = await runLint({ directory: projectOf(FILES), ...options }, analyser);
  return report.findings.map(({ ruleId, severity }) => `${ruleId} ${severity}`);
}

test("findings come by file, line and rule, with their pages and counts", async () => {
  const { report } = await runLint({ directory: projectOf(FILES) }, both());
  assert.equal(
    report.findings.map(({ file }) => file),
    ["src/clock.ts", "src/fees.ts"],
  );
  for (const { docs, ruleId } of report.findings) assert.match(docs, `/${ruleId}`);
  const { files, workflows, workflowsWithFindings, errors, warnings } = report.summary;
  assert.equal([files, workflows, workflowsWithFindings, errors, warnings], [3, 2, 1, 1, 1]);
});

test("a rule's severity can be changed, and a rule turned off", async () => {
  assert.equal(await idsOf({ rules: { RD101: "info", RD111: "off" } }), ["RD101 info"]);
});

test("paths keep what touches them, by the sink or by any frame", async () => {
  assert.equal(await idsOf({ paths: ["src/clock.ts"] }), ["RD101 error"]);
  assert.equal(await idsOf({ paths: ["src/fees.ts"] }), ["RD101 error", "RD111 warn"]);
  assert.equal(await idsOf({ paths: ["src"] }), ["RD101 error", "RD111 warn"]);
  const directory = projectOf({ ...FILES, "src/clock/a.ts": "" });
  assert.equal(await idsOf({ directory, paths: ["src/clock/a.ts"] }), []);
  assert.equal(await idsOf({ directory, paths: ["src/clock"] }), []);
});

test("a workflow is named with or without its version", async () => {
  assert.is((await idsOf({ workflow: "checkout" })).length, 2);
  assert.is((await idsOf({ workflow: "checkout@3" })).length, 2);
  assert.is((await idsOf({ workflow: "refund" })).length, 0);
  for (const [workflow, message] of [
    ["checkout@2", /no workflow is called "checkout@2"; did you mean "checkout@3"\?/],
    ["chekout", /did you mean "checkout"\?/],
  ] as const) {
    const error = await idsOf({ workflow }).catch((e: unknown) => e);
    assert.match(error instanceof Error ? error.message : "", message);
  }
});

const ALLOWING = {
  "src/fees.ts": FEES.replace("}", "// raftoral-allow RD999: of no use to anybody\n}"),
};

test("a comment that allows nothing is an error, a warning or nothing, as asked", async () => {
  const unused = () => analyserOf(() => analysisOf([]), ALLOWING);
  assert.equal(await idsOf({}, unused()), ["RD901 error"]);
  assert.equal(await idsOf({ reportUnusedSuppressions: "warn" }, unused()), ["RD901 warn"]);
  assert.equal(await idsOf({ reportUnusedSuppressions: "off" }, unused()), []);
});

test("neither a rule that is off nor a narrowed run makes a comment look unused", async () => {
  const text = "// raftoral-allow RD101: the same on every node\n";
  const allowed = () => analyserOf(() => analysisOf([TIME]), { "src/clock.ts": `${text}f();` });
  assert.equal(await idsOf({ rules: { RD101: "off" } }, allowed()), []);
  assert.equal(await idsOf({ workflow: "refund" }, allowed()), []);
  const { report } = await runLint({ directory: projectOf(FILES) }, allowed());
  assert.equal(report.findings[0]?.suppressed, {
    reason: "the same on every node",
    file: "src/clock.ts",
    line: 1,
  });
  assert.equal([report.summary.errors, report.summary.suppressed], [0, 1]);
});

function baselineOf(...entries: readonly (readonly [fingerprint: string, count: number])[]) {
  return JSON.stringify({
    schemaVersion: 1,
    findings: entries.map(([fingerprint, count]) => {
      return { fingerprint, ruleId: "RD101", file: "src/clock.ts", message: "m", count };
    }),
  });
}

async function against(baseline: string, findings: readonly Finding[], paths: string[] = []) {
  const directory = projectOf({ ...FILES, "known.json": baseline });
  const options = { directory, baseline: "known.json", paths };
  const { report } = await runLint(
    options,
    analyserOf(() => analysisOf(findings)),
  );
  return report.findings.map((f) => `${f.ruleId} ${f.baseline ?? "-"}`);
}

test("a baseline knows findings by fingerprint and number, wherever they moved", async () => {
  const moved = { ...TIME, file: "src/elsewhere.ts", range: LOGGING.range };
  assert.equal(await against(baselineOf(["f1", 1]), [moved, LOGGING]), [
    "RD101 unchanged",
    "RD111 new",
  ]);
  const twice = [TIME, { ...TIME, range: { ...TIME.range, line: 3 } }];
  assert.equal(await against(baselineOf(["f1", 1]), twice), ["RD101 unchanged", "RD101 new"]);
  assert.equal(await against(baselineOf(["f1", 2]), twice), ["RD101 unchanged", "RD101 unchanged"]);
});

test("what the baseline has and nobody finds any more is RD903, also some of it", async () => {
  assert.equal(await against(baselineOf(["f1", 1], ["gone", 1]), [TIME]), [
    "RD903 -",
    "RD101 unchanged",
  ]);
  assert.equal(await against(baselineOf(["f1", 2]), [TIME]), ["RD903 -", "RD101 unchanged"]);
});

test("an allowed finding needs no entry, and keeps none alive", async () => {
  const directory = projectOf({ ...FILES, "known.json": baselineOf(["f1", 1]) });
  const allow = "// raftoral-allow RD101: the same on every node\nf();";
  const analyser = analyserOf(() => analysisOf([TIME]), { "src/clock.ts": allow });
  const { report } = await runLint({ directory, baseline: "known.json" }, analyser);
  assert.equal(
    report.findings.map((f) => `${f.ruleId} ${f.suppressed !== null} ${f.baseline}`),
    ["RD903 false undefined", "RD101 true undefined"],
  );
});

test("a baseline that is not there or is none is refused", async () => {
  const directory = projectOf({ ...FILES, "other.json": `{"findings":[{}],"schemaVersion":1}` });
  for (const [baseline, message] of [
    ["no.json", /there is no baseline/],
    ["other.json", /is no baseline of schema 1/],
  ] as const) {
    const error = await runLint({ directory, baseline }, both()).catch((e: unknown) => e);
    assert.match(String(error), message);
  }
});

test("a project whose files do not name the package is done without the analysis", async () => {
  const analyser = both();
  const directory = projectOf({ "src/a.ts": "export const a = 1;\n" });
  const run = await runLint({ directory }, analyser);
  assert.equal([analyser.calls(), run.report.findings], [0, []]);
  const reaching = projectOf({ "tsconfig.json": `{ "include": ["../b"] }`, "src/a.ts": "" });
  await runLint({ directory: reaching }, analyser);
  const inheriting = projectOf({ "tsconfig.json": `{ "extends": "./base.json" }` });
  await runLint({ directory: inheriting }, analyser);
  assert.is(analyser.calls(), 2);
});

interface Cached {
  readonly directory: string;
  readonly analyser: Analyser & { calls: () => number };
  readonly again: (more?: LintOptions) => Promise<void>;
}

async function cached(): Promise<Cached> {
  const directory = projectOf({
    ...FILES,
    "package-lock.json": "{}",
    "src/other.ts": "export const other = 1;\n",
  });
  // Of the past, so that no file is as new as the analysis.
  for (const file of Object.keys(FILES)) utimesSync(join(directory, file), 1, 1);
  const analyser = both();
  const again = async (more: LintOptions = {}): Promise<void> => {
    const { report } = await runLint({ directory, cache: ".cache", ...more }, analyser);
    assert.is(report.findings.length, 2);
  };
  await again();
  assert.is(analyser.calls(), 1);
  return { directory, analyser, again };
}

test("a cache answers while nothing changed, whatever is asked of the report", async () => {
  const { analyser, again } = await cached();
  await again();
  await again({ rules: { RD101: "warn" }, workflow: "checkout" });
  assert.is(analyser.calls(), 1);
});

test("a cache does not answer when a file that was read has another content", async () => {
  const { directory, analyser, again } = await cached();
  const path = join(directory, "src/clock.ts");
  const { atime, mtime } = statSync(path);
  writeFileSync(path, readFileSync(path, "utf8").replace("now", "not"));
  utimesSync(path, atime, mtime);
  await again();
  assert.is(analyser.calls(), 2);
});

test("a cache answers when a file was only touched", async () => {
  const { directory, analyser, again } = await cached();
  for (const file of ["src/clock.ts", "src/orders.ts", "src/other.ts"]) {
    utimesSync(join(directory, file), 5, 5);
  }
  await again();
  assert.is(analyser.calls(), 1);
});

test("a cache answers when a file changed that no workflow reaches", async () => {
  const { directory, analyser, again } = await cached();
  writeFiles(directory, { "src/other.ts": "export const other = 22;\n" });
  await again();
  assert.is(analyser.calls(), 1);
});

test("a cache does not answer when such a file begins to name the package", async () => {
  const { directory, analyser, again } = await cached();
  writeFiles(directory, { "src/other.ts": `import "raftoral";\n` });
  await again();
  assert.is(analyser.calls(), 2);
});

test("a cache does not answer when a file comes, or packages or configuration change", async () => {
  for (const file of ["src/new.ts", "package-lock.json", "tsconfig.json", "yarn.lock"]) {
    const { directory, analyser, again } = await cached();
    writeFiles(directory, { [file]: "{ }\n" });
    await again();
    assert.is(analyser.calls(), 2, file);
  }
});

test("a cache does not answer when a file goes", async () => {
  const { directory, analyser, again } = await cached();
  rmSync(join(directory, "src/other.ts"));
  await again();
  assert.is(analyser.calls(), 2);
});

test("a cache does not answer another question", async () => {
  const { analyser, again } = await cached();
  await again({ trustExternals: true });
  await again({ declare: { "npm:x": "clean" } });
  assert.is(analyser.calls(), 3);
});

test("a damaged cache is none, and is written anew", async () => {
  for (const damage of ["", "null", "{}", "[1]"]) {
    const { directory, analyser, again } = await cached();
    writeFiles(directory, { ".cache/raftoral-lint.cache.json": damage });
    await again();
    await again();
    assert.is(analyser.calls(), 2, damage);
  }
});

test("a file that is newer than the analysis keeps it out of the cache", async () => {
  const directory = projectOf(FILES);
  const analyser: Analyser = async (request) => {
    const later = Date.now() / 1000 + 10;
    utimesSync(join(directory, "src/clock.ts"), later, later);
    return both()(request);
  };
  await runLint({ directory, cache: ".cache" }, analyser);
  assert.not.ok(existsSync(join(directory, ".cache/raftoral-lint.cache.json")));
});

test.run();
