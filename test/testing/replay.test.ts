import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compute, type Gen, variable, workflow } from "raftoral";
import { createCluster, replayHistories, replayHistory } from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCommandLine } from "../../src/cli/command-line.ts";
import * as renamed from "../fixtures/replay/renamed.ts";
import { charge, pay } from "../fixtures/replay/workflows.ts";

const test = suite("testing: replay of histories", { limitMs: 60_000 });

/** Histories of runs as a real group recorded them. */
async function recorded(): Promise<readonly (readonly string[])[]> {
  const cluster = await createCluster({ nodes: 1, workflows: [pay] });
  try {
    const histories: string[][] = [];
    for (const cents of [1, 2]) {
      const run = await cluster.node("a").start(pay, cents, { id: `pay-${cents}` });
      await run.result();
      const lines: string[] = [];
      for await (const line of run.history()) lines.push(line);
      histories.push(lines);
    }
    return histories;
  } finally {
    await cluster.stop();
  }
}

const histories = await recorded();
const history = histories[0] ?? [];

test("today's code that does what was recorded replays well", async () => {
  const kinds: string[] = [];
  for await (const { kind, run } of replayHistories(histories, [pay])) kinds.push(`${kind} ${run}`);
  assert.equal(kinds, ["ok pay@1 pay-1", "ok pay@1 pay-2"]);
});

test("a history that is still running replays as far as it goes", () => {
  for (let length = 2; length < history.length; length++) {
    const part = history.slice(0, length).map((line, i) => (i === 0 ? running(line) : line));
    assert.is(replayHistory(part, [pay]).kind, "ok", `${length} lines`);
  }
});

/** The header of the same run before its owner had said that anything is closed. */
const running = (header: string): string =>
  JSON.stringify({ ...JSON.parse(header), status: "running", through: -1 });

test("a step that was renamed diverges, with both names and the place", () => {
  const replayed = replayHistory(history, [renamed.pay]);
  assert.is(replayed.kind, "diverged");
  assert.is(replayed.divergence?.recorded, "step charge");
  assert.is(replayed.divergence?.actual, "step charge-card");
  assert.is(replayed.divergence?.path, "1");
});

test("code that waits for more than was recorded diverges, and code that ends early", () => {
  const more = workflow({
    name: "pay",
    run: function* (cents: number): Gen<string> {
      const id = yield* pay.run(cents);
      yield* compute("more", () => 1);
      return id;
    },
  });
  const longer = replayHistory(history, [more]);
  assert.is(longer.divergence?.actual, "compute more");
  assert.match(longer.why, /goes on/);
  const less = workflow({
    name: "pay",
    run: function* (cents: number): Gen<string> {
      yield* variable("state", "charging");
      return (yield* charge(cents)).id;
    },
  });
  assert.is(replayHistory(history, [less]).kind, "diverged");
});

test("what is no history, and a workflow that nobody gave, are told apart", () => {
  assert.is(replayHistory("nonsense", [pay]).kind, "unreadable");
  assert.is(replayHistory(history, []).kind, "unknown");
});

test("raftoral replay exits 0 when all is as recorded, and 1 with a diff when not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "replay-"));
  try {
    histories.forEach((lines, i) => {
      writeFileSync(join(folder, `${i}.jsonl`), `${lines.join("\n")}\n`);
    });
    const good = await ran("replay", folder, "--workflows", "test/fixtures/replay/workflows.ts");
    assert.equal([good.code, good.err], [0, ""]);
    assert.match(good.out, /2 replayed, 0 of them not as recorded/);
    const bad = await ran("replay", folder, "--workflows", "test/fixtures/replay/renamed.ts");
    assert.is(bad.code, 1);
    assert.match(bad.out, /- recorded: step charge\n {2}\+ actual: {3}step charge-card/);
    const none = await ran("replay", folder, "-w", "test/fixtures/replay/renamed.ts", "--json");
    assert.is(JSON.parse(none.out.split("\n")[0] ?? "").kind, "diverged");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function ran(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runCommandLine(args, {
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

test.run();
