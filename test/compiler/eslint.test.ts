import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ESLint, Linter } from "eslint";
import { plugin as published, recommended } from "raftoral/eslint";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pluginAround } from "../../compiler/eslint.ts";
import type { Analysis, Finding } from "../../compiler/finding.ts";
import { allowComments } from "../../compiler/project/allow-comments.ts";
import { RULE_FACTS } from "../../compiler/rule-facts.ts";
import { analysisOf, FILES, projectOf, TIME } from "../fixtures/lint/analyses.ts";

const test = suite("lint: eslint");

/** The rules ask for no tree: a program without statements will do, whatever the language. */
const parser = {
  parse: (text: string) => ({
    type: "Program",
    body: [],
    tokens: [],
    comments: [],
    range: [0, text.length],
    loc: { start: { line: 1, column: 0 }, end: { line: text.split("\n").length, column: 0 } },
    sourceType: "module",
  }),
};

interface Made {
  readonly directory: string;
  readonly calls: () => number;
  readonly lint: (file: string, fix?: boolean) => Promise<readonly string[]>;
}

function made(analysis: () => Analysis, files: Readonly<Record<string, string>> = FILES): Made {
  const directory = projectOf(files);
  let calls = 0;
  const raftoral = pluginAround(() => {
    calls += 1;
    const read = analysis();
    const allows = read.files.flatMap((file) => {
      return allowComments(file, readFileSync(join(directory, file), "utf8"));
    });
    return {
      analysis: read,
      allows,
      configFiles: [join(directory, "tsconfig.json")],
      hasFiles: true,
    };
  });
  const rules = Object.fromEntries(Object.keys(raftoral.rules).map((id) => [`raftoral/${id}`, 2]));
  const lint = async (file: string, fix = false): Promise<readonly string[]> => {
    const eslint = new ESLint({
      cwd: directory,
      fix,
      overrideConfigFile: true,
      overrideConfig: [
        { files: ["**/*.ts"], plugins: { raftoral }, rules: rules as Linter.RulesRecord },
        { files: ["**/*.ts"], languageOptions: { parser } },
      ],
    });
    const results = await eslint.lintFiles([file]);
    await ESLint.outputFixes(results);
    return results.flatMap(({ messages }) =>
      messages.map((m) => `${m.ruleId} ${m.line}:${m.column}-${m.endColumn} ${m.message}`),
    );
  };
  return { directory, calls: () => calls, lint };
}

test("a finding is told at its sink, with the help", async () => {
  const { lint } = made(() => analysisOf([TIME]));
  assert.equal(await lint("src/clock.ts"), [`raftoral/RD101 2:9-19 ${TIME.message}. ${TIME.help}`]);
});

test("and in the workflow's file, at the call that leads to it", async () => {
  const { lint } = made(() => analysisOf([TIME]));
  const [told = "", ...more] = await lint("src/orders.ts");
  assert.match(told, /^raftoral\/RD101 8:10-15 .*\(at src\/clock\.ts:2\)$/);
  assert.equal(more, []);
  assert.equal(await lint("src/fees.ts"), []);
});

test("all rules and files share one analysis", async () => {
  const { lint, calls } = made(() => analysisOf([TIME]));
  await lint("src/clock.ts");
  await lint("src/fees.ts");
  assert.is(calls(), 1);
});

test("a file that changed is analysed again", async () => {
  let findings: readonly Finding[] = [TIME];
  const { lint, calls, directory } = made(() => analysisOf(findings));
  assert.is((await lint("src/clock.ts")).length, 1);
  findings = [];
  writeFileSync(join(directory, "src/clock.ts"), "export const stamp = () => 1;\n");
  assert.is((await lint("src/clock.ts")).length, 0);
  assert.is(calls(), 2);
});

test("a file without a project is passed by", async () => {
  const linter = new Linter({ cwd: "/", configType: "flat" });
  const raftoral = pluginAround(() => {
    throw new Error("it was analysed");
  });
  const config = { plugins: { raftoral }, rules: { "raftoral/RD101": 2 } } as const;
  assert.equal(linter.verify("let a;", config, { filename: "/nowhere-at-all/a.js" }), []);
});

test("a comment of ours allows here too, and one that allows nothing is told", async () => {
  const allow = "// raftoral-allow RD101: the same on every node";
  const files = { ...FILES, "src/clock.ts": `${allow}\n\treturn Date.now();\n` };
  assert.equal(await made(() => analysisOf([TIME]), files).lint("src/clock.ts"), []);
  const [told = ""] = await made(() => analysisOf([]), files).lint("src/clock.ts");
  assert.match(told, /^raftoral\/RD901 1:1/);
});

test("--fix applies the fixes, and tells what is left where it stands then", async () => {
  const text = "const a = one();\nconst b = two();\n";
  const at = (line: number, word: string): Finding => {
    return { ...TIME, range: { ...TIME.range, line, endLine: line }, message: word, trace: [] };
  };
  const fix = [{ file: "src/clock.ts", start: 0, end: 0, text: "// mended\n" }];
  const fixable = {
    ...at(1, "first"),
    fix: [...fix, { ...fix[0], start: 10, end: 13, text: "1" }],
  };
  const files = { ...FILES, "src/clock.ts": text };
  const { lint, directory } = made(() => analysisOf([fixable as Finding, at(2, "second")]), files);
  const left = await lint("src/clock.ts", true);
  assert.is(
    readFileSync(join(directory, "src/clock.ts"), "utf8"),
    "// mended\nconst a = 1();\nconst b = two();\n",
  );
  assert.is(left.length, 1);
  assert.match(left[0] ?? "", /^raftoral\/RD101 3:9-19 second/);
});

test("every rule has its ESLint rule with its page, and the recommended set names them all", () => {
  assert.equal(Object.keys(published.rules), [...RULE_FACTS.keys()]);
  for (const [id, { docs, severity }] of RULE_FACTS) {
    assert.is(published.rules[id]?.meta.docs.url, docs);
    assert.is(recommended.rules[`raftoral/${id}`], severity === "info" ? "off" : severity);
  }
});

test("the types are those that ESLint takes", () => {
  const taken: ESLint.Plugin = published;
  const config: Linter.Config = recommended;
  assert.ok(taken.rules !== undefined && config.rules !== undefined);
});

test.run();
