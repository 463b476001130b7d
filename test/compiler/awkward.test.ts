import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { projectOf } from "../fixtures/lint/analyses.ts";
import { LANGUAGE } from "../fixtures/lint/language.ts";

/** Inputs that nobody means: each ends in a finding, or in a coded error that says what to do. */
const test = suite("lint: awkward inputs", { limitMs: 120_000 });

const CONFIG = JSON.stringify({
  compilerOptions: { target: "ES2022", lib: ["ES2022"], module: "NodeNext", types: [] },
  include: ["src"],
});
const BAD = `import { workflow } from "raftoral";
export const a = workflow({ name: "a", version: 1, run: function* () { return Date.now(); } });
`;
const BASE = {
  ...LANGUAGE,
  "package.json": `{ "type": "module" }`,
  "tsconfig.json": CONFIG,
  "src/a.ts": BAD,
};

interface Ended {
  readonly code: number;
  readonly text: string;
}

async function linted(
  files: Readonly<Record<string, string>>,
  args: (at: (name: string) => string) => readonly string[] = () => [],
  prepare: (directory: string) => void = () => {},
): Promise<Ended> {
  const directory = projectOf({ ...BASE, ...files });
  prepare(directory);
  let text = "";
  const write = (part: string): void => {
    text += part;
  };
  const words = ["lint", "-p", directory, "--format", "agent"];
  const more = args((name) => join(directory, name));
  const code = await runCommandLine([...words, ...more], { write, writeError: write });
  return { code, text };
}

/** Exits with 2, and says so with the code and the words. */
function refused({ code, text }: Ended, words: RegExp): void {
  assert.is(code, 2, text);
  assert.match(text, words);
  assert.match(text, "(lint-config-invalid)");
}

function foundTime({ code, text }: Ended): void {
  assert.is(code, 1, text);
  assert.match(text, /a\.ts:\d+:\d+ error RD101/);
}

test("a configuration with an unknown key, beside a project named by its folder", async () => {
  refused(await linted({ "raftoral-lint.json": `{ "rulez": {} }` }), /unknown key "rulez"/);
  refused(await linted({ "raftoral-lint.json": "{ not json" }), /is not JSON/);
});

test("a tsconfig.json that is not there, no object, broken, or names no files", async () => {
  refused(await linted({}, (at) => ["-p", at("nope.json")]), /there is no .*nope\.json/);
  refused(await linted({ "tsconfig.json": "[1]" }), /must be an object/);
  refused(await linted({ "tsconfig.json": `{ "include": [` }), /expected/);
  refused(await linted({ "tsconfig.json": `{ "include": 5 }` }), /'include' requires a value/);
});

test("what a tsconfig.json extends or refers to is not there", async () => {
  const extending = `{ "extends": "./none.json", "include": ["src"] }`;
  refused(await linted({ "tsconfig.json": extending }), /none\.json/);
  const referring = `{ "references": [{ "path": "./none" }], "include": ["src"] }`;
  refused(await linted({ "tsconfig.json": referring }), /there is no .*none.tsconfig\.json/);
});

test("a project that refers to itself is read once", async () => {
  foundTime(
    await linted({ "tsconfig.json": `{ "references": [{ "path": "." }], "include": ["src"] }` }),
  );
});

test("options that no TypeScript knows, or that this one does not", async () => {
  const compilerOptions = { target: "ES3000", module: "Weird", lib: ["nope"], tsgoOnly: true };
  foundTime(await linted({ "tsconfig.json": JSON.stringify({ compilerOptions }) }));
});

test("a file that is there and cannot be read is no file without findings", async () => {
  const config = JSON.stringify({ files: ["src/a.ts", "src/b.ts"] });
  const ended = await linted({ "tsconfig.json": config }, undefined, (directory) => {
    mkdirSync(join(directory, "src/b.ts"));
  });
  refused(ended, /b\.ts cannot be read/);
});

test("files with broken syntax, beside a workflow and around one", async () => {
  const broken = `import { workflow } from "raftoral";
export const z = workflow({ name: "z", run: function* () { if (`;
  foundTime(await linted({ "src/b.ts": "export const x = {{{ ;;; function", "src/z.ts": broken }));
});

test("UTF-16 with a mark, UTF-8 with one, and bytes that are neither", async () => {
  const put = (bytes: Buffer) => (directory: string) => {
    writeFileSync(join(directory, "src/a.ts"), bytes);
  };
  const marked = Buffer.from(`\uFEFF${BAD}`, "utf16le");
  foundTime(await linted({}, undefined, put(marked)));
  foundTime(await linted({}, undefined, put(Buffer.from(marked).swap16())));
  foundTime(await linted({}, undefined, put(Buffer.from(`\uFEFF${BAD}`))));
  foundTime(await linted({}, undefined, put(Buffer.from(BAD.replace(`"a"`, `"\xE9"`), "latin1"))));
});

test("modules that import each other in a circle", async () => {
  const ended = await linted({
    "src/a.ts": BAD.replace("Date.now()", "b()").replace(
      "import",
      `import { b } from "./b.js";\nimport`,
    ),
    "src/b.ts": `import { a } from "./a.js";\nexport const b = (): unknown => [a, Date.now()];\n`,
  });
  assert.is(ended.code, 1);
  assert.match(ended.text, /src\/b\.ts:2:\d+ error RD101/);
});

test("links: to a file, to the folder around it, and to nowhere", async () => {
  const ended = await linted(
    { "src/a.ts": "export {};\n", "real/a.ts": BAD },
    undefined,
    (directory) => {
      symlinkSync("../real/a.ts", join(directory, "src/link-a.ts"));
      symlinkSync(".", join(directory, "src/around"));
      symlinkSync("nowhere.ts", join(directory, "src/dangling.ts"));
    },
  );
  foundTime(ended);
});

test("a function of thousands of calls, one behind the other", async () => {
  const count = 3_000;
  const helpers = Array.from(
    { length: count },
    (_, i) => `function f${i}(): number { return ${i === 0 ? "Date.now" : `f${i - 1}`}(); }`,
  );
  foundTime(
    await linted({
      "src/a.ts": `${BAD.replace("Date.now()", `f${count - 1}()`)}${helpers.join("\n")}`,
    }),
  );
});

test("a baseline, fingerprints or a cache of another kind or version", async () => {
  const files = { "known.json": `{ "schemaVersion": 99, "findings": [] }`, "list.json": "[]" };
  const given = (...words: readonly string[]) =>
    linted(files, (at) => words.map((word) => (word.startsWith("--") ? word : at(word))));
  refused(await given("--baseline", "known.json"), /no baseline of schema 1/);
  refused(await given("--baseline", "list.json"), /no baseline of schema 1/);
  refused(await given("--baseline", "none.json"), /there is no baseline/);
  refused(await given("--fingerprints", "list.json"), /no fingerprints of schema 1/);
  refused(await given("--cache", "list.json"), /cannot be written/);
  refused(await given("--output", "list.json/report.txt"), /report\.txt cannot be written/);
});

test("a comment without a reason is an error of its own, and allows nothing", async () => {
  const allowed = BAD.replace("{ return", "{\n  // raftoral-allow RD101\n  return");
  const ended = await linted({ "src/a.ts": allowed });
  assert.match(ended.text, "RD902");
  foundTime(ended);
});

test("words that mean nothing are refused with what was meant", async () => {
  refused(
    await linted({}, () => ["--workflow", "b"]),
    /no workflow is called "b"; did you mean "a"/,
  );
  refused(await linted({}, () => ["--explain", "RD777"]), /no rule "RD777"/);
  refused(await linted({}, () => ["--max-warnings", "many"]), /takes a whole number/);
  refused(await linted({}, () => ["--declare", "foo"]), /takes NAME=VALUE/);
  refused(await linted({}, (at) => [at("src/none.ts")]), /there is no .*none\.ts/);
  const unknown = await linted({}, () => ["--nope"]);
  assert.is(unknown.code, 2);
});

test("a project that names no file was not linted", async () => {
  refused(
    await linted({ "tsconfig.json": `{ "include": ["scr"] }` }),
    /names no file: look at its/,
  );
  refused(await linted({ "tsconfig.json": `{ "files": [] }` }), /names no file: look at its/);
  const empty = projectOf({});
  refused(await linted({}, () => ["-p", empty]), /names no file: look at its/);
  const parts = `{ "files": [], "references": [{ "path": "./part" }] }`;
  const part = `{ "include": ["../src"], "compilerOptions": { "composite": true } }`;
  foundTime(await linted({ "tsconfig.json": parts, "part/tsconfig.json": part }));
});

test("paths at which no source is were not linted; one that has some is enough", async () => {
  const texts = { "docs/a.md": "", "src/b/c.ts": "" };
  const none = await linted(texts, (at) => [at("docs"), at("docs/a.md")]);
  refused(none, /no source file is at docs, docs\/a\.md: name files or folders/);
  foundTime(await linted(texts, (at) => [at("docs/a.md"), at("src/a.ts")]));
  assert.is((await linted(texts, (at) => [at("src/b")])).code, 0);
});

test("a project of files without a workflow, or of an empty one, has nothing to find", async () => {
  for (const text of ["", "export {};\n"]) {
    const { code, text: said } = await linted({ "src/a.ts": text });
    assert.is(code, 0, said);
  }
});

test.run();
