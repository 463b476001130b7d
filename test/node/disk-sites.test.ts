import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../src/errors.ts";
import { type FileCall, FileError } from "../../src/storage/disk/file-system.ts";
import { sum, Town } from "../fixtures/disk/town.ts";

/** Each call that a node makes of its file system, failed in turn. */
const test = suite("node: every call of the disk", { limitMs: 300_000 });

const newTown = (): Town =>
  new Town({
    seed: 1,
    segmentBytes: 1_024,
    // So that snapshots are taken, two are kept, and the log is cut behind them.
    limits: { snapshotEveryEntries: 5, trailingEntries: 0 },
  });

/** Starts, turns segments over, takes snapshots, cuts the log, restarts, votes again. */
async function live(town: Town, told: string[]): Promise<void> {
  for (const life of [1, 2]) {
    const node = await town.run(town.start("a"));
    for (let i = 0; i < 6; i++) {
      const id = `${life}-${i}`;
      const run = await town.run(node.start(sum, i, { id }));
      told.push(id);
      await town.run(run.result());
    }
    // What goes on in the background is a part of it.
    await town.sim.runUntil(town.sim.nowMs + 100);
    const { failure } = node.status();
    if (failure !== undefined) throw failure;
    if (life === 1) town.end("a", "killed");
  }
}

/** Each call of an unharmed life, in order. */
async function callsOfALife(): Promise<readonly FileCall[]> {
  const town = newTown();
  const calls: FileCall[] = [];
  town.disk("a").fails = (call) => {
    calls.push(call);
    return false;
  };
  await live(town, []);
  return calls;
}

const kindOf = ({ call, path }: FileCall): string =>
  `${call} ${path.replace(/ to .*/, "").replace(/\d+/, "N")}`;

/** A frame is written safely by one call of the port, of which the disk in memory makes two. */
const isItsSync = ({ call, path }: FileCall, before: readonly FileCall[]): boolean =>
  call === "sync" &&
  path.endsWith(".seg") &&
  before.some((other) => other.call === "write" && other.path === path);

test("a life reaches every file of a directory, by every call", async () => {
  const kinds = new Set((await callsOfALife()).map(kindOf));
  for (const kind of [
    "write data/log/N.seg",
    "sync data/log/N.seg",
    "write data/log/spare.tmp",
    "sync data/log/spare.tmp",
    "rename data/log/spare.tmp",
    "sync directory data/log",
    "write data/log/N.reg",
    "sync data/log/N.reg",
    "write data/log/vote",
    "sync data/log/vote",
    "remove data/log/N.seg",
    "write data/snapshots/N.tmp",
    "write data/log/snapshot.tmp",
    "sync data/log/snapshot.tmp",
    "rename data/log/snapshot.tmp",
    "sync data/snapshots/N.tmp",
    "rename data/snapshots/N.tmp",
    "sync directory data/snapshots",
    "write data/identity.json.tmp",
    "rename data/identity.json.tmp",
  ]) {
    assert.ok(kinds.has(kind), `${kind} is none of ${[...kinds].join(", ")}`);
  }
});

test("whichever call fails, the node ends at once, names it, and calls no more", async () => {
  const { length } = await callsOfALife();
  for (let number = 0; number < length; number++) {
    const town = newTown();
    const disk = town.disk("a");
    const told: string[] = [];
    const late: FileCall[] = [];
    let count = 0;
    let failed: FileCall | undefined;
    disk.fails = (call) => {
      if (failed !== undefined) late.push(call);
      else if (count++ === number) failed = call;
      return failed === call;
    };
    const error: unknown = await live(town, told).then(
      () => undefined,
      (why: unknown) => why,
    );
    const what = `call ${number}, ${failed === undefined ? "none" : kindOf(failed)}`;
    const cause = error instanceof RaftoralError ? error.cause : error;
    const named = cause instanceof RaftoralError ? cause.cause : cause;
    assert.instance(named, FileError, `${what}: ${String(error)}`);
    if (!(named instanceof FileError)) return;
    assert.equal([named.call, named.path], [failed?.call, failed?.path], what);
    await town.sim.runUntil(town.sim.nowMs + 2_000);
    // The log, the next segment and a snapshot each may have had one call under way, no other one.
    const begun = late.filter((call, i) => !isItsSync(call, late.slice(0, i)));
    const files = new Set([failed, ...begun].map((call) => call?.path.replace(/ to .*/, "")));
    const isUnderWay = begun.length <= 3 && files.size === begun.length + 1;
    assert.ok(isUnderWay, `${what}: then ${late.map(kindOf).join(", ")}`);
    town.end("a", "power cut");
    disk.fails = () => false;
    const again = await town.run(town.start("a"));
    for (const id of told) await town.run(again.get(sum, id).result());
  }
});

test.run();
