import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startNatsServer } from "../../examples/nats/server.ts";
import { type NodeProcess, nodeProcess, ran } from "../fixtures/cli/run.ts";

/** An effect body that calls `process.exit`, in processes of its own, with supervisors. */
const test = suite("scenario: poison", { limitMs: 300_000 });

const NAMES = ["a", "b", "c"];
const INNOCENTS = ["i0", "i1", "i2", "i3", "i4", "i5"];

test("a body that ends its process takes three along, and nothing beside it", async () => {
  const server = await startNatsServer();
  const top = mkdtempSync(join(tmpdir(), "poison-"));
  const where = ["--cluster", "poison", "--nats", server.url];
  const live = new Map<string, NodeProcess>();
  const codes: (number | null)[] = [];
  let isOver = false;
  const supervise = async (name: string): Promise<void> => {
    while (!isOver) {
      const how = ["--data", join(top, name), "--expect", NAMES.join(",")];
      const node = await nodeProcess(name, [...where, ...how]).catch(() => undefined);
      if (node === undefined) continue;
      live.set(name, node);
      if (isOver) node.kill("SIGKILL");
      const code = await node.exit;
      if (!isOver) codes.push(code);
    }
  };
  const ask = async (...args: readonly string[]): Promise<Record<string, unknown> | undefined> => {
    const { code, out } = await ran([...args, ...where, "--timeout", "20s", "--json"]);
    return code === 0 ? JSON.parse(out) : undefined;
  };
  const until = async (
    id: string,
    isSo: (run: Record<string, unknown>) => boolean,
  ): Promise<Record<string, unknown>> => {
    const untilMs = performance.now() + 200_000;
    for (;;) {
      const run = await ask("show", id);
      if (run !== undefined && isSo(run)) return run;
      assert.ok(performance.now() < untilMs, `never so: ${JSON.stringify(run)}`);
    }
  };
  const all = NAMES.map(supervise);
  try {
    for (const id of INNOCENTS) {
      while ((await ask("start", "slow", "--input", "2000", "--id", id)) === undefined);
    }
    while ((await ask("start", "exploding", "--id", "poison")) === undefined);
    const parked = await until("poison", ({ status }) => status === "parked");
    assert.match(String(parked["reason"]), /^poisoned: .*its body has ended its owner/);
    for (const id of INNOCENTS) {
      const run = await until(id, ({ status }) => status !== "running");
      assert.is(run["status"], "completed", JSON.stringify(run));
    }
    assert.equal(codes, [3, 3, 3], "three owners, and no fourth");
  } finally {
    isOver = true;
    for (const node of live.values()) node.kill("SIGKILL");
    await Promise.all(all);
    await server.stop();
    rmSync(top, { recursive: true, force: true });
  }
});

test.run();
