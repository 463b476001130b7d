import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lintCommand } from "../../compiler/command.ts";
import { analyserOf, analysisOf, FILES, projectOf, TIME } from "../fixtures/lint/analyses.ts";

const test = suite("lint: watch");

interface Watched {
  readonly directory: string;
  readonly calls: () => number;
  /** The next line on stderr that matches. */
  readonly told: (pattern: RegExp) => Promise<string>;
  readonly out: () => string;
}

async function watching(act: (watched: Watched) => Promise<void>): Promise<void> {
  const directory = projectOf({ ...FILES, "src/other.ts": "export const a = 1;\n" });
  const analyser = analyserOf(() => analysisOf([TIME]));
  const ending = new AbortController();
  let out = "";
  let err = "";
  let wake = (): void => {};
  const io = {
    write: (text: string) => {
      out += text;
    },
    writeError: (text: string) => {
      err += text;
      wake();
    },
    signal: ending.signal,
  };
  const told = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const match = pattern.exec(err);
      if (match !== null) {
        err = err.slice(match.index + match[0].length);
        return match[0];
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const flags = { paths: [], watch: true, project: join(directory, "tsconfig.json") };
  const ended = lintCommand(flags, io, analyser);
  await told(/watching/);
  await act({ directory, calls: analyser.calls, told, out: () => out });
  ending.abort();
  assert.is(await ended, true);
}

test("it prints at once, and again when a file changes that a workflow reaches", async () => {
  await watching(async ({ directory, calls, told, out }) => {
    assert.match(out(), "RD101");
    writeFileSync(join(directory, "src/clock.ts"), "export const stamp = 1;\n");
    await told(/src\/clock\.ts: linted again/);
    assert.is(calls(), 2);
    assert.is((out().match(/RD101 time/g) ?? []).length, 2);
  });
});

test("a file that no workflow reaches is answered without an analysis", async () => {
  await watching(async ({ directory, calls, told }) => {
    writeFileSync(join(directory, "src/other.ts"), "export const a = 2;\n");
    const ms = /(\d+) ms/.exec(
      await told(/src\/other\.ts: no workflow reaches it \(\d+ ms\)/),
    )?.[1];
    assert.ok(Number(ms) < 300, `${ms} ms`);
    assert.is(calls(), 1);
  });
});

test("one that comes to name the package, comes or goes is linted for", async () => {
  await watching(async ({ directory, calls, told }) => {
    writeFileSync(join(directory, "src/other.ts"), `import "raftoral";\n`);
    await told(/src\/other\.ts: linted again/);
    writeFileSync(join(directory, "src/new.ts"), "export {};\n");
    await told(/src\/new\.ts: linted again/);
    rmSync(join(directory, "src/new.ts"));
    await told(/src\/new\.ts: linted again/);
    assert.is(calls(), 4);
  });
});

test("a folder that appears is watched too, with what is in it already", async () => {
  await watching(async ({ directory, told }) => {
    mkdirSync(join(directory, "src/deep/er"), { recursive: true });
    writeFileSync(join(directory, "src/deep/er/a.ts"), "export {};\n");
    await told(/src\/deep\/er\/a\.ts: linted again/);
    writeFileSync(join(directory, "src/deep/er/a.ts"), "export const a = 1;\n");
    await told(/src\/deep\/er\/a\.ts: no workflow reaches it/);
  });
});

test("a configuration that is wrong is told, and the watch goes on", async () => {
  await watching(async ({ directory, told }) => {
    const path = join(directory, "raftoral-lint.json");
    writeFileSync(path, `{ "rule": {} }`);
    await told(/unknown key "rule"; did you mean "rules"/);
    writeFileSync(path, `{ "rules": { "RD101": "off" } }`);
    await told(/raftoral-lint\.json: linted again/);
  });
});

test.run();
