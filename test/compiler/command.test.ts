import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lintCommand } from "../../compiler/command.ts";
import type { Finding } from "../../compiler/finding.ts";
import type { LintFlags } from "../../compiler/flags.ts";
import type { Analyser } from "../../compiler/project/analysed.ts";
import { RaftoralError } from "../../src/errors.ts";
import {
  analyserOf,
  analysisOf,
  FILES,
  LOGGING,
  projectOf,
  TIME,
} from "../fixtures/lint/analyses.ts";

const test = suite("lint: command");

const finding = (...findings: readonly Finding[]): Analyser =>
  analyserOf(() => analysisOf(findings));

interface Ran {
  readonly passes: boolean;
  readonly out: string;
  readonly err: string;
}

async function ran(
  flags: Partial<LintFlags>,
  analyser: Analyser,
  directory = projectOf(FILES),
): Promise<Ran> {
  let out = "";
  let err = "";
  const io = {
    write: (text: string) => {
      out += text;
    },
    writeError: (text: string) => {
      err += text;
    },
  };
  const project = join(directory, "tsconfig.json");
  const passes = await lintCommand({ paths: [], project, ...flags }, io, analyser);
  return { passes, out, err };
}

async function refused(flags: Partial<LintFlags>): Promise<string> {
  const error = await ran(flags, finding()).catch((e: unknown) => e);
  if (!(error instanceof RaftoralError)) throw error;
  assert.is(error.code, "lint-config-invalid");
  return error.message;
}

test("an error fails; warnings do when they are asked to", async () => {
  assert.is((await ran({}, finding())).passes, true);
  assert.is((await ran({}, finding(TIME))).passes, false);
  assert.is((await ran({}, finding(LOGGING))).passes, true);
  assert.is((await ran({ failOn: "warn" }, finding(LOGGING))).passes, false);
  assert.is((await ran({ maxWarnings: "0" }, finding(LOGGING))).passes, false);
  assert.is((await ran({ maxWarnings: "1" }, finding(LOGGING))).passes, true);
  assert.is((await ran({ rule: ["RD101=off"] }, finding(TIME))).passes, true);
});

test("words that mean nothing are refused with what would mean something", async () => {
  assert.match(await refused({ format: "xml" }), /stylish, json, sarif, github, agent, junit/);
  assert.match(await refused({ graph: "svg" }), /dot/);
  assert.match(await refused({ failOn: "info" }), /error or warn/);
  assert.match(await refused({ maxWarnings: "few" }), /whole number/);
  assert.match(await refused({ rule: ["RD101"] }), /NAME=VALUE/);
  assert.match(await refused({ rule: ["RD101=loud"] }), /error, warn, info or off/);
  assert.match(await refused({ rule: ["RD1O1=off"] }), /did you mean "RD101"/);
  assert.match(await refused({ declare: ["npm:x"] }), /NAME=VALUE/);
  assert.match(await refused({ reportUnusedSuppressions: "no" }), /error, warn or off/);
});

test("-o writes there and prints nothing", async () => {
  const directory = projectOf(FILES);
  const output = join(directory, "out/report.json");
  const { out } = await ran({ format: "json", output }, finding(TIME), directory);
  assert.is(out, "");
  assert.is(JSON.parse(readFileSync(output, "utf8")).findings.length, 1);
});

test("--quiet shows errors alone, and still counts", async () => {
  const { out } = await ran({ quiet: true }, finding(TIME, LOGGING));
  assert.not.match(out, "RD111");
  assert.match(out, "1 error, 1 warning");
});

test("--list-workflows lists them by name and place, and as json", async () => {
  const { out } = await ran({ listWorkflows: true }, finding());
  assert.match(out, /^checkout@3 {2}.*src\/orders.ts:4 {2}3 functions reached, 0 calls/m);
  assert.match(out, /^refund@\? {4}/m);
  const listed = await ran({ listWorkflows: true, format: "json" }, finding());
  assert.is(JSON.parse(listed.out)[0].name, "checkout");
});

test("--graph dot prints the calls, and where something was found", async () => {
  const odd = analyserOf(() => {
    return {
      ...analysisOf([TIME]),
      calls: [{ from: `a"b\\c`, to: "src/clock.ts#stamp", edge: "new" }],
    };
  });
  const { out } = await ran({ graph: "dot" }, odd);
  assert.match(out, /^digraph workflows \{/);
  assert.match(out, `"a\\"b\\\\c" -> "src/clock.ts#stamp" [label="new"];`);
  assert.match(out, `"src/clock.ts#stamp" [color="red"];`);
});

test("--stats says where the time went, on stderr", async () => {
  const { out, err } = await ran({ stats: true, format: "json" }, finding(TIME));
  JSON.parse(out);
  for (const row of [/^taken from +analysis$/m, /^files read +3$/m, /^RD101 +1$/m]) {
    assert.match(err, row);
  }
});

const BASELINE = "raftoral-lint-baseline.json";

test("--update-baseline keeps what is found: that passes then, what is new does not", async () => {
  const directory = projectOf(FILES);
  const baseline = join(directory, BASELINE);
  const updated = await ran({ updateBaseline: true, baseline }, finding(TIME), directory);
  assert.is(updated.passes, true);
  assert.match(updated.err, "1 finding");
  assert.is((await ran({ baseline }, finding(TIME), directory)).passes, true);
  assert.is(
    (await ran({ baseline, failOn: "warn" }, finding(TIME, LOGGING), directory)).passes,
    false,
  );
  assert.is((await ran({}, finding(TIME), directory)).passes, false);
});

test("--prune-baseline removes what is gone and adds nothing", async () => {
  const directory = projectOf(FILES);
  const baseline = join(directory, BASELINE);
  await ran({ updateBaseline: true, baseline }, finding(TIME, LOGGING), directory);
  assert.is((await ran({ baseline }, finding(TIME), directory)).passes, false);
  const other = { ...LOGGING, fingerprint: "f9" };
  const flags = { pruneBaseline: true, baseline };
  const { out } = await ran(flags, finding(TIME, other), directory);
  assert.not.match(out, "RD903");
  const { findings } = JSON.parse(readFileSync(baseline, "utf8"));
  assert.equal(
    findings.map((entry: { fingerprint: string }) => entry.fingerprint),
    ["f1"],
  );
});

/** Finds `now` in the file as it is, so that a fix is seen to be lint again. */
function findingNow(directory: string): Analyser {
  return analyserOf(() => {
    const start = readFileSync(join(directory, "src/clock.ts"), "utf8").indexOf("now");
    const fix = [{ file: "src/clock.ts", start, end: start + 3, text: "fixed" }];
    return analysisOf(start < 0 ? [] : [{ ...TIME, fix }]);
  });
}

test("--fix writes the fixes, lints again and tells what is left", async () => {
  const directory = projectOf({ ...FILES, "src/clock.ts": "now now now\n" });
  const { passes, err, out } = await ran({ fix: true }, findingNow(directory), directory);
  assert.is(readFileSync(join(directory, "src/clock.ts"), "utf8"), "fixed fixed fixed\n");
  assert.is(passes, true);
  assert.match(err, "mended 3");
  assert.match(out, "no errors");
});

test("--fix comes to an end although each fix brings another finding", async () => {
  const directory = projectOf(FILES);
  const fix = [{ file: "src/clock.ts", start: 0, end: 0, text: "// again\n" }];
  const { passes, err } = await ran({ fix: true }, finding({ ...TIME, fix }), directory);
  assert.is(passes, false);
  assert.match(err, "mended 10");
});

test("--fix-dry-run shows the lines before and after, and writes nothing", async () => {
  const directory = projectOf({ ...FILES, "src/clock.ts": "let a;\n  a = now();\n" });
  const { passes, err } = await ran({ fixDryRun: true }, findingNow(directory), directory);
  assert.is(passes, false);
  assert.match(
    err,
    /src\/clock\.ts:2\n- {3}a = now\(\);\n\+ {3}a = fixed\(\);\n--fix would mend 1/,
  );
  assert.match(readFileSync(join(directory, "src/clock.ts"), "utf8"), "now");
});

test("no file is written that nobody asked for", async () => {
  const directory = projectOf(FILES);
  await ran({}, finding(TIME), directory);
  for (const name of [BASELINE, ".cache", "raftoral-lint.cache.json"]) {
    assert.not.ok(existsSync(join(directory, name)));
  }
});

test.run();
