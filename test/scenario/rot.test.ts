import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compute, type Node, RaftoralError, startNode, workflow } from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryNetwork } from "../../src/node/start-node.ts";
import type { Entry } from "../../src/raft/types.ts";
import { index } from "../../src/std/ids.ts";
import { openDiskLogStore } from "../../src/storage/disk/disk-log-store.ts";
import { nodeFileSystem } from "../../src/storage/disk/node-file-system.ts";
import { readLog } from "../../src/storage/disk/read-log.ts";

/** Whole nodes on real files, whose bytes change while they are down. */
const test = suite("scenario: rot", { limitMs: 60_000 });

const sum = workflow({
  name: "sum",
  run: function* (n: number) {
    return (yield* compute("half", () => n / 2)) * 2;
  },
});

async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "rot-"));
  try {
    await body(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A byte in the middle of the entries that the log holds. */
async function rotMiddle(dataDir: string, share: number): Promise<void> {
  const directory = join(dataDir, "log");
  const { segments } = await readLog(nodeFileSystem(), directory);
  const frames = segments.flatMap(({ name, content }) =>
    content.frames.map(({ at, payload }) => ({ name, at, payload })),
  );
  const large = frames.filter(({ payload }) => payload.length > 100);
  const one = large[Math.floor(large.length * share)];
  assert.ok(one !== undefined);
  const file = openSync(join(directory, one?.name ?? ""), "r+");
  const place = (one?.at ?? 0) + 32 + 60;
  const byte = new Uint8Array(1);
  readSync(file, byte, 0, 1, place);
  writeSync(file, new Uint8Array([(byte[0] ?? 0) ^ 0x10]), 0, 1, place);
  closeSync(file);
}

async function logOf(dataDir: string): Promise<readonly Entry[]> {
  const store = await openDiskLogStore({ fs: nodeFileSystem(), directory: join(dataDir, "log") });
  assert.equal(store.faulty, []);
  const end = index(store.lastIndex() + 1);
  const read = store.entries(store.firstIndex(), end, Number.POSITIVE_INFINITY);
  store.close();
  return read.ok ? read.value : [];
}

test("a member whose log rots in the middle gets it back from the others, to the byte", () =>
  inDirectory(async (directory) => {
    const network = memoryNetwork();
    const begin = (name: string): Promise<Node> =>
      startNode({
        name,
        network,
        workflows: [sum],
        dataDir: join(directory, name),
        logLevel: "silent",
        boot: name === "a" ? "bootstrap" : "join",
      });
    const a = await begin("a");
    const b = await begin("b");
    const c = await begin("c");
    for (let i = 0; i < 20; i++) assert.is(await (await a.start(sum, i)).result(), i);
    await c.stop({ drain: 0 });
    const before = await logOf(join(directory, "c"));
    await rotMiddle(join(directory, "c"), 0.5);
    const again = await begin("c");
    assert.is(await (await again.start(sum, 7)).result(), 7);
    for (const node of [again, b, a]) await node.stop({ drain: 0 });
    const healed = await logOf(join(directory, "c"));
    const others = await logOf(join(directory, "a"));
    assert.ok(before.length > 20);
    assert.equal(healed.slice(0, before.length), before);
    const both = Math.min(healed.length, others.length);
    assert.equal(healed.slice(0, both), others.slice(0, both));
    const names = readdirSync(join(directory, "c", "log"));
    assert.ok(names.length <= 5, names.join(" "));
  }));

test("a node by itself whose log rots says so, and what to do", () =>
  inDirectory(async (dataDir) => {
    const options = { workflows: [sum], dataDir, logLevel: "silent" } as const;
    const node = await startNode(options);
    for (let i = 0; i < 5; i++) await (await node.start(sum, i)).result();
    await node.stop({ drain: 0 });
    await rotMiddle(dataDir, 0.5);
    const refused = await startNode(options).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.instance(refused, RaftoralError);
    if (!(refused instanceof RaftoralError)) return;
    assert.is(refused.code, "log-damaged");
    assert.match(refused.message, "raftoral doctor");
  }));

test.run();
