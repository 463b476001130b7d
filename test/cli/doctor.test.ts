import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compute, RaftoralError, startNode, workflow } from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { nodeConfig } from "../../src/node/config.ts";
import { openDiskHome } from "../../src/node/disk-home.ts";
import { realPorts } from "../../src/node/ports.ts";
import { memoryNetwork, startNodeIn } from "../../src/node/start-node.ts";

/** On directories that a real node left. */
const test = suite("cli: doctor", { limitMs: 60_000 });

const one = workflow({
  name: "one",
  run: function* (n: number) {
    return yield* compute("n", () => n);
  },
});

async function onHome(body: (dataDir: string) => Promise<void>, isStopped = true): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "doctor-"));
  const node = await startNode({ workflows: [one], dataDir, logLevel: "silent" });
  try {
    for (let i = 0; i < 10; i++) await (await node.start(one, i)).result();
    if (isStopped) await node.stop({ drain: 0 });
    await body(dataDir);
  } finally {
    await node.stop({ drain: 0 });
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** With two snapshots, and a log that is cut at the older one. */
async function onHomeWithSnapshots(
  body: (dataDir: string, bodies: readonly string[]) => Promise<void>,
): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "doctor-"));
  try {
    const home = await openDiskHome(dataDir);
    const config = nodeConfig({ workflows: [one], dataDir, logLevel: "silent" });
    const limits = { replica: { snapshotEveryEntries: 10, trailingEntries: 0 } };
    const around = { ports: realPorts(), network: memoryNetwork(), home, limits };
    const { face: node } = await startNodeIn(config, around);
    const taken = new Set<number | undefined>();
    let isCut = false;
    for (let i = 0; taken.size < 4 || !isCut; i++) {
      await (await node.start(one, i)).result();
      const { applied, logEntries, snapshot } = node.status();
      taken.add(snapshot?.index);
      isCut = applied > logEntries;
    }
    await node.stop({ drain: 0 });
    const bodies = readdirSync(join(dataDir, "snapshots"));
    assert.is(bodies.length, 2, bodies.join(", "));
    await body(dataDir, bodies);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function doctor(...args: readonly string[]): Promise<{ code: number; out: string }> {
  let out = "";
  const write = (text: string): void => {
    out += text;
  };
  const code = await runCommandLine(["doctor", ...args], { write, writeError: write });
  return { code, out };
}

const SEGMENT = "log/0000000000000001.seg";

function flip(path: string, ...ats: readonly number[]): void {
  const bytes = readFileSync(path);
  for (const at of ats) bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
}

test("a sound directory: 0, with what it holds", () =>
  onHome(async (dataDir) => {
    const { code, out } = await doctor(dataDir, "--json");
    assert.is(code, 0, out);
    const report = JSON.parse(out);
    assert.equal(report.problems, []);
    assert.is(report.entries.first, 1);
    assert.ok(report.entries.last > 20);
    assert.is(report.segments.length, 1);
    assert.is(report.vote, "found");
    assert.is(report.hardState.vote, report.identity.node);
    assert.match((await doctor(dataDir)).out, "sound");
  }));

test("entries that rotted: 1, and which they are", () =>
  onHome(async (dataDir) => {
    flip(join(dataDir, SEGMENT), 32 + 40);
    const { code, out } = await doctor(dataDir, "--json");
    assert.is(code, 1, out);
    const report = JSON.parse(out);
    assert.is(report.faulty[0].index, 1);
    assert.match(report.problems[0], "are not what was written");
    assert.is((await doctor(dataDir, "--json")).out, out, "looking changes nothing");
  }));

test("a log that is cut, or lacks its register and a byte: 1, and what is lost", () =>
  onHome(async (dataDir) => {
    flip(join(dataDir, SEGMENT), 32 + 40);
    truncateSync(join(dataDir, "log/0000000000000001.reg"), 0);
    const { code, out } = await doctor(dataDir);
    assert.is(code, 1);
    assert.match(out, "saves 1 to 1 are not what was written");
  }));

test("a vote whose copies are both damaged: 1", () =>
  onHome(async (dataDir) => {
    flip(join(dataDir, "log/vote"), 10, 522);
    const { code, out } = await doctor(dataDir);
    assert.is(code, 1);
    assert.match(out, "both copies of the vote");
  }));

test("snapshots that are whole: what each stands for, in order", () =>
  onHomeWithSnapshots(async (dataDir, names) => {
    const { code, out } = await doctor(dataDir, "--json");
    assert.is(code, 0, out);
    const { base, bodies, entries } = JSON.parse(out);
    assert.equal(
      bodies.map(({ name }: { name: string }) => name),
      names,
    );
    for (const { fileBytes, kind, name, told } of bodies) {
      assert.is(kind, "whole");
      assert.is(told.index, Number(name.slice(0, 16)));
      assert.ok(told.index >= base.index && told.index <= entries.last, out);
      assert.is(told.chunks, Math.ceil(told.bytes / 262_144));
      assert.ok(told.term >= 1 && told.takenAtMs > 0 && fileBytes > told.bytes);
    }
    assert.ok(base.index > 0, "the log is cut");
    assert.match((await doctor(dataDir)).out, new RegExp(`${names[1]}.*whole`));
  }));

const places = { "a byte of its chunks": 5, "its end": -3 };
for (const [what, at] of Object.entries(places)) {
  test(`a snapshot of which ${what} rotted: 1, and what follows`, () =>
    onHomeWithSnapshots(async (dataDir, [, newest = ""]) => {
      const path = join(dataDir, "snapshots", newest);
      flip(path, at < 0 ? readFileSync(path).length + at : at);
      const { code, out } = await doctor(dataDir, "--json");
      assert.is(code, 1, out);
      const { bodies, problems } = JSON.parse(out);
      assert.equal([bodies[0].kind, bodies[1].kind], ["whole", "damaged"]);
      assert.equal(bodies[1].told?.damagedChunks, at < 0 ? undefined : [0]);
      assert.is(problems.length, 1);
      assert.match(problems[0], `snapshots/${newest} is not what was written`);
      assert.is((await doctor(dataDir, "--json")).out, out, "looking changes nothing");
    }));
}

test("a snapshot under another one's name: 1", () =>
  onHomeWithSnapshots(async (dataDir, [oldest = "", newest = ""]) => {
    const [from, to] = [join(dataDir, "snapshots", oldest), join(dataDir, "snapshots", newest)];
    rmSync(to);
    renameSync(from, to);
    const { code, out } = await doctor(dataDir);
    assert.is(code, 1, out);
    assert.match(out, "it is the one at");
  }));

test("a snapshot that was set aside is told, and no damage", () =>
  onHomeWithSnapshots(async (dataDir, [, newest = ""]) => {
    flip(join(dataDir, "snapshots", newest), 5);
    const node = await startNode({ workflows: [one], dataDir, logLevel: "silent" });
    await node.stop({ drain: 0 });
    const { code, out } = await doctor(dataDir, "--json");
    assert.is(code, 0, out);
    const aside = JSON.parse(out).bodies.find(({ kind }: { kind: string }) => kind === "set-aside");
    assert.is(aside.name, `${newest}.broken`);
    assert.equal(aside.told.damagedChunks, [0]);
  }));

test("a log that was cut, and no snapshot that is whole: the doctor says what the start says", () =>
  onHomeWithSnapshots(async (dataDir, names) => {
    for (const name of names) flip(join(dataDir, "snapshots", name), 5);
    const { code, out } = await doctor(dataDir);
    assert.is(code, 1);
    assert.match(out, "no whole snapshot reaches there");
    const started = startNode({ workflows: [one], dataDir, logLevel: "silent" });
    await started.then(
      () => assert.unreachable("it has no state"),
      (error: unknown) => {
        assert.ok(error instanceof RaftoralError && error.code === "log-damaged", String(error));
      },
    );
  }));

test("a directory in use is refused, and one that is no node's: 2", () =>
  onHome(async (dataDir) => {
    const used = await doctor(dataDir);
    assert.is(used.code, 2);
    assert.match(used.out, "directory-in-use");
    const other = await doctor(tmpdir());
    assert.is(other.code, 2);
    assert.match(other.out, "is no directory of a node");
  }, false));

test.run();
