import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ESLint } from "eslint";
import { recommended } from "raftoral/eslint";
import { lintCommand } from "raftoral/lint";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { analyse } from "../../compiler/analysis/analyse.ts";
import { projectOf } from "../fixtures/lint/analyses.ts";
import { LANGUAGE } from "../fixtures/lint/language.ts";

/** From end to end: real files, the real analysis, and what a user runs. */
const test = suite("lint: end to end", { limitMs: 120_000 });

const TSCONFIG = JSON.stringify({
  compilerOptions: { module: "NodeNext", target: "ES2022", strict: true, types: [] },
  include: ["src"],
});

const ORDERS = `import { checkpoint, compute, workflow } from "raftoral";
import { stamp } from "./clock.js";
export const checkout = workflow({
  name: "checkout",
  version: 3,
  run: function* (input: string) {
    compute("send", () => input);
    yield compute("again", () => input);
    yield* checkpoint("at", Date.now());
    return stamp();
  },
});
`;

const CLOCK = `export function stamp() {
  return Math.random();
}
`;

const made = (files = {}): string =>
  projectOf({
    ...LANGUAGE,
    "package.json": `{ "type": "module" }`,
    "tsconfig.json": TSCONFIG,
    "src/orders.ts": ORDERS,
    "src/clock.ts": CLOCK,
    ...files,
  });

async function ran(directory: string, flags: object): Promise<{ passes: boolean; out: string }> {
  let out = "";
  const io = {
    write: (text: string) => {
      out += text;
    },
    writeError: () => {},
  };
  const project = join(directory, "tsconfig.json");
  const passes = await lintCommand({ paths: [], project, ...flags }, io);
  return { passes, out };
}

async function idsOf(directory: string): Promise<readonly string[]> {
  const { out } = await ran(directory, { format: "json" });
  return JSON.parse(out).findings.map((finding: { ruleId: string }) => finding.ruleId);
}

test("--fix mends what is safe, and what is left is found again", async () => {
  const directory = made();
  assert.equal(await idsOf(directory), ["RD102", "RD201", "RD202", "RD101"]);
  await ran(directory, { fix: true });
  const text = readFileSync(join(directory, "src/orders.ts"), "utf8");
  assert.match(text, `    yield* compute("send", () => input);\n`);
  assert.match(text, `    yield* compute("again", () => input);\n`);
  assert.match(text, `    yield* compute("at", () => Date.now());\n`);
  assert.equal(await idsOf(directory), ["RD102"]);
});

test("a comment at any step of the way allows, and an old one is found", async () => {
  const allow = "// raftoral-allow RD102: seeded with the same value everywhere";
  for (const [file, text, at] of [
    ["src/clock.ts", CLOCK, "  return Math"],
    ["src/clock.ts", CLOCK, "export function"],
    ["src/orders.ts", ORDERS, "    return stamp"],
  ] as const) {
    const directory = made({ [file]: text.replace(at, `${allow}\n${at}`) });
    const { out } = await ran(directory, { format: "json" });
    const found = JSON.parse(out).findings;
    const random = found.filter(({ ruleId }: { ruleId: string }) => ruleId === "RD102");
    assert.is(random.length, 1);
    assert.is(random[0].suppressed?.reason, "seeded with the same value everywhere", at);
  }
  const old = made({
    "src/clock.ts": CLOCK.replace("Math.random()", "1 /* x */").replace(
      "export",
      `${allow}\nexport`,
    ),
  });
  assert.ok((await idsOf(old)).includes("RD901"));
});

test("a baseline stays good when lines move, and a cache gives the same report", async () => {
  const directory = made();
  const baseline = join(directory, "known.json");
  await ran(directory, { updateBaseline: true, baseline });
  const cache = join(directory, ".cache");
  assert.is((await ran(directory, { baseline, cache })).passes, true);
  const moved = made({
    "src/orders.ts": `\n// moved\n${ORDERS}`,
    "known.json": readFileSync(baseline, "utf8"),
  });
  assert.is((await ran(moved, { baseline: join(moved, "known.json") })).passes, true);
  const strip = ({ out }: { out: string }): unknown => JSON.parse(out).findings;
  const cold = strip(await ran(directory, { format: "json" }));
  assert.equal(strip(await ran(directory, { format: "json", cache })), cold);
});

test("ESLint tells the same, in the sink's file and in the workflow's", async () => {
  const directory = made();
  const parse = (text: string): object => ({
    type: "Program",
    body: [],
    tokens: [],
    comments: [],
    range: [0, text.length],
    loc: { start: { line: 1, column: 0 }, end: { line: 1, column: 0 } },
    sourceType: "module",
  });
  const eslint = new ESLint({
    cwd: directory,
    overrideConfigFile: true,
    overrideConfig: [
      { files: ["**/*.ts"], languageOptions: { parser: { parse } } },
      { files: ["**/*.ts"], ...recommended },
    ],
  });
  const results = await eslint.lintFiles(["src"]);
  const told = results.flatMap(({ filePath, messages }) =>
    messages.map(
      (m) => `${m.ruleId} ${filePath.slice(directory.length + 1)}:${m.line} ${m.severity}`,
    ),
  );
  assert.equal(told.sort(), [
    "raftoral/RD101 src/orders.ts:9 2",
    "raftoral/RD102 src/clock.ts:2 2",
    "raftoral/RD102 src/orders.ts:10 2",
    "raftoral/RD201 src/orders.ts:7 2",
    "raftoral/RD202 src/orders.ts:8 2",
  ]);
});

test("RD206 is told when it is asked for, and not otherwise", async () => {
  const twice = ORDERS.replace(`yield compute("again"`, `yield* compute("send"`).replace(
    `    compute("send"`,
    `    yield* compute("send"`,
  );
  const directory = made({ "src/orders.ts": twice });
  assert.not.ok((await idsOf(directory)).includes("RD206"));
  const { out } = await ran(directory, { format: "json", rule: ["RD206=warn"] });
  assert.match(out, "RD206");
});

test("a fault at one workflow is RD900, and the others are checked", () => {
  const directory = made({
    "src/refunds.ts": `import { workflow } from "raftoral";
export const refund = workflow({ name: "refund", run: function* () { return Math.random(); } });
`,
  });
  const faulty = (name: string): void => {
    if (name === "refund") throw new Error("planted");
  };
  const project = join(directory, "tsconfig.json");
  const request = { project, declare: {}, trustExternals: false, wants: [] };
  const { analysis } = analyse(request, faulty);
  const [fault] = analysis.findings.filter(({ ruleId }) => ruleId === "RD900");
  assert.equal(fault?.workflows, ["refund@1"]);
  assert.match(fault?.message ?? "", "planted");
  assert.ok(analysis.findings.some(({ workflows }) => workflows.includes("checkout@3")));
});

test("a workflow whose body cannot be found is listed, and said not to be checked", async () => {
  const directory = made({
    "src/refunds.ts": `import { workflow } from "raftoral";
declare const bodies: Record<string, () => Generator<never, void>>;
export const refund = workflow({ name: "refund", version: 2, run: bodies.refund });
`,
  });
  const { out } = await ran(directory, { format: "json" });
  const { workflows, findings } = JSON.parse(out);
  const [refund] = workflows.filter(({ name }: { name: string }) => name === "refund");
  assert.equal([refund.version, refund.functionsReached, refund.fingerprint], [2, 0, ""]);
  const told = findings.filter(({ ruleId }: { ruleId: string }) => ruleId === "RD305");
  assert.equal(
    told.map((one: { workflows: readonly string[] }) => one.workflows),
    [["refund@2"]],
  );
});

test("what the configuration declares holds, also of the project's own functions", async () => {
  const declare = { "src/clock.ts#stamp": "clean" };
  const directory = made({ "raftoral-lint.json": JSON.stringify({ declare }) });
  assert.not.ok((await idsOf(directory)).includes("RD102"));
});

test("the calls are a graph, with what was found in red", async () => {
  const { out } = await ran(made(), { graph: "dot" });
  assert.match(out, /"src\/orders\.ts#run" -> "src\/clock\.ts#stamp"/);
  assert.match(out, `"src/clock.ts#stamp" [color="red"]`);
});

test.run();
