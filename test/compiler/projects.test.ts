import { join, resolve } from "node:path";
import { lint } from "raftoral/lint";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { projectOf } from "../fixtures/lint/analyses.ts";
import { LANGUAGE } from "../fixtures/lint/language.ts";
import { CLOCK, flow, IMPORT, tsconfig } from "../fixtures/lint/stamp.ts";

/** Projects of all kinds, by the real analysis. */
const test = suite("lint: kinds of projects", { limitMs: 120_000 });

/** Rule and file of each finding: a clock in another file, and nothing else. */
async function found(files: Readonly<Record<string, string>>, project = "tsconfig.json") {
  const directory = projectOf({ ...LANGUAGE, ...files });
  const report = await lint({ project: join(directory, project) });
  const findings = report.findings.map(({ ruleId, file }) => `${ruleId} ${file}`);
  return { workflows: report.workflows.length, findings };
}

const esm = (imported: string): string => flow(`${IMPORT}${imported}`);

/** The project merely has this version: the linter analyses by its own. */
const compiler = (version: string): Readonly<Record<string, string>> => ({
  "package.json": JSON.stringify({ type: "module", devDependencies: { typescript: version } }),
  "node_modules/typescript/package.json": JSON.stringify({ name: "typescript", version }),
});

const EXPECTED = { workflows: 1, findings: ["RD101 src/clock.ts"] };

test("a project on TypeScript 5, with what TypeScript 6 calls deprecated", async () => {
  const files = {
    ...compiler("5.9.3"),
    "tsconfig.json": tsconfig({
      module: "ESNext",
      moduleResolution: "node10",
      baseUrl: ".",
      esModuleInterop: false,
      paths: { "clock/*": ["src/*"] },
    }),
    "src/orders.ts": esm(`import { stamp } from "clock/clock";\n`),
    "src/clock.ts": CLOCK,
  };
  assert.equal(await found(files), EXPECTED);
});

test("a project on TypeScript 7, with options that version 6 may not know", async () => {
  const files = {
    ...compiler("7.0.2"),
    "tsconfig.json": tsconfig({
      module: "NodeNext",
      erasableSyntaxOnly: true,
      allowImportingTsExtensions: true,
      noEmit: true,
      someOptionOfTomorrow: true,
    }),
    "src/orders.ts": esm(`import { stamp } from "./clock.ts";\n`),
    "src/clock.ts": CLOCK,
  };
  assert.equal(await found(files), EXPECTED);
});

test("a CommonJS project, with import = require and with require", async () => {
  const files = {
    "package.json": `{ "type": "commonjs" }`,
    "tsconfig.json": tsconfig({ module: "Node20", esModuleInterop: true }),
    "src/orders.ts": esm(`import clock = require("./clock");\nconst { stamp } = clock;\n`),
    "src/clock.ts": "const stamp = (): number => Date.now();\nexport = { stamp };\n",
  };
  assert.equal(await found(files), EXPECTED);
});

test("a JavaScript project with types in JSDoc, in both kinds of modules", async () => {
  const body = `
/** @param {string} input @returns {Generator<unknown, string, unknown>} */
function* run(input) {
  const at = stamp();
  yield* checkpoint("at", at);
  return input;
}
exports.stampIt = workflow({ name: "stamp-it", version: 1, run });
`;
  const config = tsconfig({ module: "Node20", allowJs: true, checkJs: true, noEmit: true });
  const common = {
    "package.json": `{ "type": "commonjs" }`,
    "tsconfig.json": config,
    "src/orders.js": `const { checkpoint, workflow } = require("raftoral");
const { stamp } = require("./clock");
${body}`,
    "src/clock.js": "/** @returns {number} */\nexports.stamp = () => Date.now();\n",
  };
  assert.equal(await found(common), { workflows: 1, findings: ["RD101 src/clock.js"] });
  const modern = {
    "package.json": `{ "type": "module" }`,
    "tsconfig.json": config,
    "src/orders.js": `import { checkpoint, workflow } from "raftoral";
import { stamp } from "./clock.js";
${body.replace("exports.stampIt", "export const stampIt")}`,
    "src/clock.js": "/** @returns {number} */\nexport const stamp = () => Date.now();\n",
  };
  assert.equal(await found(modern), { workflows: 1, findings: ["RD101 src/clock.js"] });
});

test("a registration behind a method of one's own, in a module with another name", async () => {
  const files = {
    "package.json": `{ "type": "module" }`,
    "tsconfig.json": tsconfig({ module: "NodeNext", paths: { "@shop/define": ["./src/app.ts"] } }),
    "src/app.ts": `import { workflow } from "raftoral";
type Body = (input: string) => Generator<unknown, unknown, unknown>;
export const app = {
  define(name: string, version: number, body: Body) {
    workflow({ name, version, run: body });
  },
};
`,
    "src/orders.ts": `import { app } from "@shop/define";
const late = function* (input: string) { return Date.now() + input; };
app.define("late-one", 3, late);
app.define("other", 1, function* (input) { return input; });
`,
  };
  const report = await lint({
    project: join(projectOf({ ...LANGUAGE, ...files }), "tsconfig.json"),
  });
  const labels = report.workflows.map(({ name, version }) => `${name}@${version}`).sort();
  assert.equal(labels, ["late-one@3", "other@1"]);
  const findings = report.findings.map(({ ruleId, file, workflows }) => [ruleId, file, workflows]);
  assert.equal(findings, [["RD101", "src/orders.ts", ["late-one@3"]]]);
});

test("project references: a tsconfig.json that only refers to others is all of them", async () => {
  const options = { module: "NodeNext", composite: true, outDir: "dist" };
  const files = {
    "package.json": `{ "type": "module" }`,
    "tsconfig.json": `{ "files": [], "references": [{ "path": "./app" }, { "path": "./core" }] }`,
    "core/tsconfig.json": tsconfig(options),
    "core/src/clock.ts": CLOCK,
    "app/tsconfig.json": tsconfig(options, { references: [{ path: "../core" }] }),
    "app/src/orders.ts": esm(`import { stamp } from "../../core/src/clock.js";\n`),
  };
  const expected = { workflows: 1, findings: ["RD101 core/src/clock.ts"] };
  assert.equal(await found(files), expected);
  const { findings } = await found(files, "app/tsconfig.json");
  assert.equal(findings, ["RD101 ../core/src/clock.ts"]);
});

test("a project with errors of types is linted all the same", async () => {
  const files = {
    "package.json": `{ "type": "module" }`,
    "tsconfig.json": tsconfig({ module: "NodeNext" }),
    "src/orders.ts": esm(`import { stamp } from "./clock.js";\nconst wrong: number = "x";\n`),
    "src/clock.ts": CLOCK,
  };
  assert.equal(await found(files), EXPECTED);
});

test("the linter's own package is not read: a project links it with its sources", async () => {
  const files = {
    "package.json": `{ "type": "module" }`,
    "tsconfig.json": tsconfig({
      module: "NodeNext",
      lib: ["ES2023"],
      paths: { raftoral: [resolve("src/index.ts")] },
    }),
    "src/orders.ts": esm(`import { stamp } from "./clock.js";\n`),
    "src/clock.ts": CLOCK,
  };
  assert.equal(await found(files), EXPECTED);
});

test.run();
