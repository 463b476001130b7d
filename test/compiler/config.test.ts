import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nearest } from "../../compiler/config/nearest.ts";
import { type LintOptions, settingsOf } from "../../compiler/config/settings.ts";
import { WORDS } from "../../compiler/rule-facts.ts";
import { RaftoralError } from "../../src/errors.ts";
import { projectOf } from "../fixtures/lint/analyses.ts";

const test = suite("lint: configuration");

function refusal(options: LintOptions): string {
  try {
    settingsOf(options, WORDS);
  } catch (error) {
    if (!(error instanceof RaftoralError)) throw error;
    assert.is(error.code, "lint-config-invalid");
    return error.message;
  }
  throw new Error("it was accepted");
}

const configured = (config: unknown, more = {}): string =>
  projectOf({ "raftoral-lint.json": JSON.stringify(config), ...more });

test("without any, the project is the tsconfig.json of the folder", () => {
  const directory = projectOf({});
  const settings = settingsOf({ directory }, WORDS);
  assert.is(settings.project, join(directory, "tsconfig.json"));
  assert.is(settings.failOn, "error");
  assert.is(settings.baseline, undefined);
});

test("a folder stands for the tsconfig.json in it", () => {
  const directory = projectOf({ "app/tsconfig.json": "{}" });
  const settings = settingsOf({ directory, project: "app" }, WORDS);
  assert.is(settings.project, join(directory, "app/tsconfig.json"));
});

test("the file's paths are meant from the file, the options' from the folder of the call", () => {
  const directory = configured(
    { project: "app/tsconfig.json", baseline: "known.json" },
    { "app/tsconfig.json": "{}", "app/src/a.ts": "" },
  );
  const settings = settingsOf({ directory: join(directory, "app") }, WORDS);
  assert.is(settings.project, join(directory, "app/tsconfig.json"));
  assert.is(settings.baseline, join(directory, "known.json"));
  const other = { directory: join(directory, "app"), baseline: "b.json", paths: ["src"] };
  assert.is(settingsOf(other, WORDS).baseline, join(directory, "app/b.json"));
  assert.equal(settingsOf(other, WORDS).paths, ["src"]);
});

test("the key raftoral of a package.json is one too; one without it is passed by", () => {
  const directory = projectOf({
    "package.json": JSON.stringify({ raftoral: { trustExternals: true } }),
    "app/package.json": "{}",
    "app/tsconfig.json": "{}",
  });
  const settings = settingsOf({ directory, project: "app/tsconfig.json" }, WORDS);
  assert.is(settings.trustExternals, true);
});

test("an option wins over the file, rule by rule and name by name", () => {
  const directory = configured({
    rules: { RD101: "off", RD102: "warn" },
    declare: { "npm:a": "clean", "npm:b": "time" },
    failOn: "warn",
  });
  const settings = settingsOf(
    { directory, rules: { RD101: "error" }, declare: { "npm:b": "clean" }, failOn: "error" },
    WORDS,
  );
  assert.equal([...settings.severities].sort(), [
    ["RD101", "error"],
    ["RD102", "warn"],
  ]);
  assert.equal(settings.declare, { "npm:a": "clean", "npm:b": "clean" });
  assert.is(settings.failOn, "error");
});

test("an unknown key, rule, level or category is refused with the nearest that is known", () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [{ baselin: "x" }, /unknown key "baselin"; did you mean "baseline"\?/],
    [{ trustexternal: true }, /did you mean "trustExternals"\?/],
    [{ rules: { RD11: "off" } }, /no rule "RD11"; did you mean "RD101"\?/],
    [{ rules: { RD101: "warning" } }, /RD101 must be one of: error, warn, info, off/],
    [{ declare: { "npm:x": "tims" } }, /did you mean "time"\?/],
    [{ declare: { dayjs: "clean" } }, /"dayjs" is none of "npm:package"/],
    [{ maxWarnings: -1 }, /maxWarnings must be a whole number/],
    [{ trustExternals: "yes" }, /trustExternals must be true or false/],
    [{ baseline: "" }, /baseline must be a text/],
    [[], /must be an object/],
  ];
  for (const [config, message] of cases) {
    assert.match(refusal({ directory: configured(config) }), message);
  }
});

test("what is not JSON, not there or no project is named", () => {
  assert.match(
    refusal({ directory: projectOf({ "raftoral-lint.json": "{" }) }),
    /raftoral-lint.json is not JSON/,
  );
  const directory = projectOf({});
  assert.match(refusal({ directory, project: "no.json" }), /no\.json: name the project with -p/);
  assert.match(refusal({ directory, paths: ["gone.ts"] }), /there is no .*gone\.ts/);
});

test("the shipped schema knows the same keys", () => {
  const schema = JSON.parse(readFileSync("compiler/schemas/lint-config.schema.json", "utf8"));
  for (const key of Object.keys(schema.properties)) {
    const message = refusal({ directory: configured({ [key]: {}, nonsense: 1 }) });
    assert.not.match(message, `unknown key "${key}"`);
  }
  assert.match(refusal({ directory: configured({ nonsense: 1 }) }), /unknown key "nonsense"/);
  const source = readFileSync("compiler/config/config.ts", "utf8");
  const keys = [...source.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, key]) => key);
  assert.equal(keys.concat("$schema").sort(), Object.keys(schema.properties).sort());
});

test("the nearest word is the one with the fewest edits", () => {
  assert.is(nearest("kitten", ["sitting", "mitten", "x"]), "mitten");
  assert.is(nearest("x", []), undefined);
});

test.run();
