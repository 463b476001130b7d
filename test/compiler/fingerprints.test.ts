import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { lint } from "raftoral/lint";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { analyse } from "../../compiler/analysis/analyse.ts";
import { runLint } from "../../compiler/run.ts";
import { analyserOf, analysisOf, FILES, projectOf } from "../fixtures/lint/analyses.ts";

const test = suite("lint: fingerprints of bodies");

const FILE = "fingerprints.json";

async function idsWith(directory: string, fingerprint: string): Promise<readonly string[]> {
  const { workflows, ...rest } = analysisOf([]);
  const [first, ...others] = workflows;
  if (first === undefined) throw new Error("there is no workflow");
  const analyser = analyserOf(() => {
    return { ...rest, workflows: [{ ...first, fingerprint }, ...others] };
  });
  const { report } = await runLint({ directory, fingerprints: FILE }, analyser);
  return report.findings.map(({ ruleId, file, range }) => `${ruleId} ${file}:${range.line}`);
}

const kept = (directory: string): unknown =>
  JSON.parse(readFileSync(join(directory, FILE), "utf8")).workflows;

test("the first run records what it sees, of those whose version is known", async () => {
  const directory = projectOf(FILES);
  assert.equal(await idsWith(directory, "b1"), []);
  assert.equal(kept(directory), { "checkout@3": "b1" });
});

test("a body that changed under its version is RD304, until its entry is removed", async () => {
  const directory = projectOf(FILES);
  await idsWith(directory, "b1");
  assert.equal(await idsWith(directory, "b1"), []);
  assert.equal(await idsWith(directory, "other"), ["RD304 src/orders.ts:4"]);
  assert.equal(kept(directory), { "checkout@3": "b1" });
  writeFileSync(join(directory, FILE), `{ "schemaVersion": 1, "workflows": { "a@1": "x" } }`);
  assert.equal(await idsWith(directory, "other"), []);
  assert.equal(kept(directory), { "a@1": "x", "checkout@3": "other" });
});

test("without the file's name nothing is compared and nothing written", async () => {
  const { report } = await runLint(
    { directory: projectOf(FILES) },
    analyserOf(() => analysisOf([])),
  );
  assert.equal(report.findings, []);
});

test("a file of something else is refused", async () => {
  const directory = projectOf({ ...FILES, [FILE]: `{ "schemaVersion": 1, "workflows": [1] }` });
  const error = await idsWith(directory, "b1").catch((e: unknown) => e);
  assert.match(String(error), /no fingerprints of schema 1/);
});

const CONFIG = JSON.stringify({
  compilerOptions: {
    module: "NodeNext",
    strict: true,
    types: [],
    lib: ["ES2023"],
    paths: { raftoral: [resolve("src/index.ts")] },
  },
  include: ["src"],
});

const BASE = `import { checkpoint, compute, workflow } from "raftoral";
const half = (amount: number): number => amount / 2;
export const pay = workflow({
  name: "pay",
  run: function* (amount: number) {
    const share = half(amount);
    yield* compute("pay", () => share + 1);
    yield* checkpoint("share", share);
    return share;
  },
});
`;

function fingerprintOf(source: string): string {
  const directory = projectOf({ "tsconfig.json": CONFIG, "src/pay.ts": source });
  const project = join(directory, "tsconfig.json");
  const request = { project, declare: {}, trustExternals: false, wants: ["fingerprints"] } as const;
  const [workflow] = analyse(request).analysis.workflows;
  if (workflow === undefined) throw new Error("there is no workflow");
  return workflow.fingerprint;
}

test("a run does not see layout, comments, types, quotes, nor an effect's body", () => {
  const base = fingerprintOf(BASE);
  for (const [from, to] of [
    [
      "const share = half(amount);",
      "// why\n    const share =\n      half(\n        amount,\n      );",
    ],
    ["(amount: number): number =>", "(amount: number) =>"],
    [`"share", share`, `'share', (share as number)`],
    ["() => share + 1", "async () => {\n      return share * 2;\n    }"],
  ] as const) {
    const changed = BASE.replace(from, to);
    assert.is.not(changed, BASE);
    assert.is(fingerprintOf(changed), base, to);
  }
});

test("a run sees another effect, another name, another order, another helper", () => {
  const base = fingerprintOf(BASE);
  for (const [from, to] of [
    [`"pay", ()`, `"paid", ()`],
    ["amount / 2", "amount / 3"],
    ["amount / 2", "-amount"],
    [`yield* checkpoint("share", share);`, ""],
    ["return share;", "return -share;"],
  ] as const) {
    assert.is.not(fingerprintOf(BASE.replace(from, to)), base, to);
  }
});

test("by the real analysis: recorded, then held against", async () => {
  const directory = projectOf({ "tsconfig.json": CONFIG, "src/pay.ts": BASE });
  const options = { directory, fingerprints: FILE };
  assert.equal((await lint(options)).findings, []);
  writeFileSync(join(directory, "src/pay.ts"), BASE.replace("/ 2", "/ 3"));
  const { findings } = await lint(options);
  assert.equal(
    findings.map(({ ruleId }) => ruleId),
    ["RD304"],
  );
  writeFileSync(
    join(directory, "src/pay.ts"),
    BASE.replace("/ 2", "/ 3").replace(`"pay",\n`, `"pay",\n  version: 2,\n`),
  );
  assert.equal((await lint(options)).findings, []);
});

test.run();
