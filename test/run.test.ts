import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";

/** Method: run the runner on fixtures, in processes of its own, and read what it prints. */
const test = suite("runner", { limitMs: 120_000 });

interface Outcome {
  readonly code: number | null;
  readonly text: string;
  readonly lastLine: string | undefined;
}

function run(names: readonly string[], ...more: string[]): Outcome {
  const files = names.map((name) => `test/fixtures/runner/${name}.ts`);
  const args = [...process.execArgv, "test/run.ts", ...files, ...more];
  const done = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 60_000 });
  const text = done.stdout + done.stderr;
  return { code: done.status, text, lastLine: text.trimEnd().split("\n").at(-1) };
}

test("what passes ends with the plain line and 0", () => {
  const { code, lastLine } = run(["passing"]);
  assert.is(lastLine, "2 passed, 0 failed, 1 skipped");
  assert.is(code, 0);
});

test("a failure is shown and named, whatever was thrown", () => {
  const { code, text, lastLine } = run(["failing", "passing"]);
  assert.is(lastLine, "3 passed, 2 failed, 1 skipped");
  assert.is(code, 1);
  assert.match(text, "FAILS  test/fixtures/runner/failing.ts: fixture > does not hold");
  assert.match(text, "FAILS  test/fixtures/runner/failing.ts: fixture > throws no Error");
  assert.match(text, "just a text");
});

test("a hook that throws fails its suite, though uvu is silent about it", () => {
  const { code, text, lastLine } = run(["before-hook", "after-hook"]);
  assert.is(lastLine, "1 passed, 2 failed");
  assert.match(text, "no ground to stand on");
  assert.match(text, "could not tidy up");
  assert.is(code, 1);
});

test("a test that hangs is named, and the files behind it still run", () => {
  const { code, text, lastLine } = run(["hanging", "passing"], "--limit", "1");
  assert.match(
    text,
    "HANGS  test/fixtures/runner/hanging.ts: fixture > waits with a live handle (for 1 s)",
  );
  assert.is(lastLine, "3 passed, 1 failed, 1 skipped");
  assert.is(code, 1);
});

test("a test that spins or waits for nothing is named too", () => {
  const spinning = run(["spinning"], "--limit", "1");
  assert.match(spinning.text, "fixture > never gives the event loop back (for 1 s)");
  assert.is(spinning.lastLine, "0 passed, 1 failed");
  const abandoned = run(["abandoned"]);
  assert.match(abandoned.text, "DIES   test/fixtures/runner/abandoned.ts: fixture > waits for no");
  assert.is(abandoned.lastLine, "0 passed, 1 failed");
});

test("a file may ask for a process of its own", () => {
  const { code, lastLine } = run(["own-process", "passing"]);
  assert.is(lastLine, "3 passed, 0 failed, 1 skipped");
  assert.is(code, 0);
});

test("what may run beside the others does so, and what a file prints stays together", () => {
  const { code, text, lastLine } = run(["beside", "waits-for-beside", "passing"]);
  assert.is(lastLine, "4 passed, 0 failed, 1 skipped");
  assert.is(code, 0);
  assert.match(text, /beside\.ts\n fixture {2}\nbeside came\nbeside met\n• {3}\(1 \/ 1\)/);
  assert.match(text, /waits-for-beside\.ts\n fixture {2}\nwaits came\nwaits met\n• {3}\(1 \/ 1\)/);
});

test("a hang beside the others is named as any other", () => {
  const { code, text, lastLine } = run(["beside-hanging", "passing"], "--limit", "1");
  assert.match(text, /HANGS {2}test\/fixtures\/runner\/beside-hanging\.ts: fixture > waits/);
  assert.is(lastLine, "3 passed, 1 failed, 1 skipped");
  assert.is(code, 1);
});

test("a suite may set a limit of its own", () => {
  const { code, lastLine } = run(["patient"], "--limit", "1");
  assert.is(lastLine, "1 passed, 0 failed");
  assert.is(code, 0);
});

test("a handle left open behind the last test fails the run and is named", () => {
  const { code, text, lastLine } = run(["leaking"]);
  assert.match(text, /HANGS {2}after the last test: left open are .*TCPServerWrap/);
  assert.is(lastLine, "1 passed, 1 failed");
  assert.is(code, 1);
});

test("a file without tests, without .run() or that does not load fails", () => {
  const { code, text, lastLine } = run(["empty", "forgotten", "unloadable"]);
  assert.match(text, "FAILS  test/fixtures/runner/empty.ts: has no tests");
  assert.match(text, "FAILS  test/fixtures/runner/forgotten.ts: runs no suite");
  assert.match(text, "FAILS  test/fixtures/runner/unloadable.ts: Error: no module");
  assert.is(lastLine, "0 passed, 3 failed");
  assert.is(code, 1);
});

test("zero tests fail", () => {
  const { code, text, lastLine } = run([], "no-file-is-named-so");
  assert.match(text, "no test ran");
  assert.is(lastLine, "0 passed, 0 failed");
  assert.is(code, 1);
});

test.run();
