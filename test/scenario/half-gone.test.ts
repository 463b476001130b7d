import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { compute, RaftoralError, startNode, workflow } from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { nodeConfig } from "../../src/node/config.ts";
import { homeIn, openDiskHome } from "../../src/node/disk-home.ts";
import { realPorts } from "../../src/node/ports.ts";
import { memoryNetwork, startNodeIn } from "../../src/node/start-node.ts";
import { ByteReader, ByteWriter } from "../../src/std/bytes.ts";
import { nodeFileSystem } from "../../src/storage/disk/node-file-system.ts";

/** Directories of which a part is gone, or is something else: what an operator is told. */
const test = suite("scenario: half a directory", { limitMs: 120_000 });

const one = workflow({
  name: "one",
  run: function* (n: number) {
    return yield* compute("n", () => n);
  },
});

/** Several segments, two snapshots, and a log that was cut. */
async function build(directory: string): Promise<void> {
  const { leave } = await openDiskHome(directory);
  const fs = nodeFileSystem();
  const home = { ...(await homeIn({ fs, directory, segmentBytes: 8_192 })), leave };
  const config = nodeConfig({ workflows: [one], dataDir: directory, logLevel: "silent" });
  const limits = { replica: { snapshotEveryEntries: 60, trailingEntries: 40 } };
  const around = { ports: realPorts(), network: memoryNetwork(), home, limits };
  const { face: node } = await startNodeIn(config, around);
  for (let i = 0; node.status().applied <= node.status().logEntries + 60; i++) {
    await (await node.start(one, i, { id: `${i}` })).result();
  }
  await node.stop({ drain: 0 });
}

const logFiles = (directory: string, ending: string): readonly string[] =>
  readdirSync(join(directory, "log"))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(directory, "log", name));

const remove = (...paths: readonly (string | undefined)[]): void => {
  for (const path of paths) rmSync(path ?? "", { recursive: true });
};

/** What says who it is names another node than its log does. */
const give = (path: string, fields: Readonly<Record<string, unknown>>): void =>
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...fields }));

const replaceByFile = (path: string): void => {
  remove(path);
  writeFileSync(path, "x");
};

/** As another build would have written it: whole, and of another format. */
function renumber(path: string): void {
  const bytes = readFileSync(path);
  bytes.writeUInt32LE(2, 4);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
  writeFileSync(path, bytes);
}

function renumberSnapshot(path: string): void {
  const reader = new ByteReader(readFileSync(path));
  reader.uint();
  const body = Uint8Array.from(reader.bytes());
  body[0] = 2;
  writeFileSync(path, new ByteWriter().uint(crc32(body)).bytes(body).finish());
}

interface Case {
  readonly what: string;
  readonly harm: (directory: string) => void;
  readonly code: RaftoralError["code"];
  readonly says: RegExp;
  /** Of the doctor: 1 for what it reports, 2 where it cannot look at all. */
  readonly exit: 1 | 2;
}

const damaged = { code: "log-damaged", exit: 1 } as const;
const unusable = { code: "directory-unusable", exit: 2 } as const;
const CASES: readonly Case[] = [
  {
    what: "the log's directory",
    harm: (at) => remove(join(at, "log")),
    ...damaged,
    says: /its log is gone.*join anew/,
  },
  {
    what: "all in the log's directory",
    harm: (at) => {
      remove(join(at, "log"));
      mkdirSync(join(at, "log"));
    },
    ...damaged,
    says: /its log is gone/,
  },
  {
    what: "the vote",
    harm: (at) => remove(join(at, "log/vote")),
    ...damaged,
    says: /or the vote in it/,
  },
  {
    what: "identity.json",
    harm: (at) => remove(join(at, "identity.json")),
    ...damaged,
    says: /no identity.json that says whose it is/,
  },
  {
    what: "the founder's own number",
    harm: (at) => give(join(at, "identity.json"), { node: 2 }),
    ...damaged,
    says: /identity.json is not what was written/,
  },
  {
    what: "an identity.json that is no object",
    harm: (at) => writeFileSync(join(at, "identity.json"), "null"),
    ...damaged,
    says: /identity.json is not what was written/,
  },
  {
    what: "a directory instead of the lock",
    harm: (at) => mkdirSync(join(at, "lock")),
    ...unusable,
    says: /cannot be used/,
  },
  {
    what: "the log of another node",
    harm: (at) => give(join(at, "identity.json"), { node: 3, isFounder: false }),
    ...damaged,
    says: /is that of node 3 of cluster (\S+), and the log that of node 1 of cluster \1\./,
  },
  {
    what: "the log of another cluster",
    harm: (at) => give(join(at, "identity.json"), { clusterUuid: "elsewhere" }),
    ...damaged,
    says: /node 1 of cluster elsewhere, and the log that of node 1 of cluster (?!else)\S+\. Put/,
  },
  {
    what: "the word whose the log is",
    harm: (at) => writeFileSync(join(at, "log/owner.json"), "{"),
    ...damaged,
    says: /owner.json is not what was written/,
  },
  {
    what: "all segments and registers",
    harm: (at) => remove(...logFiles(at, ".seg"), ...logFiles(at, ".reg")),
    ...damaged,
    says: /has a vote and no segment|is gone/,
  },
  {
    what: "the first segment that counts",
    harm: (at) => remove(logFiles(at, ".seg")[0], logFiles(at, ".reg")[0]),
    ...damaged,
    says: /nothing (is left that )?tells what they were/,
  },
  {
    what: "the .snap",
    harm: (at) => remove(...logFiles(at, ".snap")),
    ...damaged,
    says: /\.snap is gone/,
  },
  {
    what: "the bodies of snapshots",
    harm: (at) => remove(join(at, "snapshots")),
    ...damaged,
    says: /put back a copy/,
  },
  { what: "a file instead of it", harm: replaceByFile, ...unusable, says: /cannot be used/ },
  {
    what: "a file instead of the log",
    harm: (at) => replaceByFile(join(at, "log")),
    ...unusable,
    says: /cannot be used/,
  },
  {
    what: "a directory instead of the vote",
    harm: (at) => {
      remove(join(at, "log/vote"));
      mkdirSync(join(at, "log/vote"));
    },
    ...unusable,
    says: /cannot be used/,
  },
  {
    what: "a .snap of another format",
    harm: (at) => renumberSnapshot(logFiles(at, ".snap")[0] ?? ""),
    code: "version-mismatch",
    says: /the snapshot of the log is of format 2, and this build knows 1/,
    exit: 2,
  },
  {
    what: "a segment of another format",
    harm: (at) => renumber(logFiles(at, ".seg")[0] ?? ""),
    code: "version-mismatch",
    says: /of format 2, and this build knows 1: start the build that wrote it/,
    exit: 2,
  },
];

async function startError(dataDir: string): Promise<unknown> {
  try {
    await (await startNode({ workflows: [one], dataDir, logLevel: "silent" })).stop({ drain: 0 });
    return;
  } catch (error) {
    return error;
  }
}

async function doctor(directory: string): Promise<{ readonly code: number; readonly out: string }> {
  let out = "";
  const write = (text: string): void => {
    out += text;
  };
  const code = await runCommandLine(["doctor", directory], { write, writeError: write });
  return { code, out };
}

test("whatever of a directory is gone, the start refuses and the doctor says what", async () => {
  const top = mkdtempSync(join(tmpdir(), "half-"));
  try {
    const whole = join(top, "whole");
    await build(whole);
    assert.is((await doctor(whole)).code, 0);
    for (const [number, { code, exit, harm, says, what }] of CASES.entries()) {
      const directory = join(top, `${number}`);
      cpSync(whole, directory, { recursive: true });
      harm(directory);
      const seen = await doctor(directory);
      assert.is(seen.code, exit, `${what}: ${seen.out}`);
      const error = await startError(directory);
      assert.instance(error, RaftoralError, `${what}: ${String(error)}`);
      if (!(error instanceof RaftoralError)) return;
      assert.is(error.code, code, `${what}: ${error.message}`);
      assert.match(error.message, says, what);
      assert.is((await doctor(directory)).out, seen.out, `${what}: the start changed nothing`);
    }
    assert.is(await startError(whole), undefined, "with all its parts it starts");
    mkdirSync(join(whole, "log/lost+found"));
    writeFileSync(join(whole, "log/0000000000000001.seg.bak"), "x");
    assert.is(await startError(whole), undefined, "what is nobody's is nobody's business");
    assert.is((await doctor(whole)).code, 0);
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
});

test.run();
