// What the directory of a log holds, for people. Reads, and changes nothing.

import { RaftoralError } from "../../errors.ts";
import { index } from "../../std/ids.ts";
import type { MemoryDisk } from "../memory.ts";
import type { FileSystem } from "./file-system.ts";
import type { BodyReport } from "./inspect-bodies.ts";
import { type FoundLog, type FoundSave, type Gap, markOf, readLog } from "./read-log.ts";
import { recover } from "./recover.ts";
import { readSnapshot } from "./snapshot-file.ts";
import { type FoundVote, readVote } from "./vote-file.ts";

export interface SegmentReport {
  readonly name: string;
  readonly bytes: number;
  /** Frames that are whole, and the numbers of their saves. */
  readonly frames: number;
  readonly firstSave: number | undefined;
  readonly lastSave: number | undefined;
  readonly isHeaderWhole: boolean;
  /** What is behind the last frame: zeros, one that a crash tore, or nobody knows. */
  readonly tail: "clean" | "torn" | "unknown";
}

export interface SnapshotReport {
  readonly name: string;
  readonly index: number;
  readonly isWhole: boolean;
}

export interface LogReport {
  readonly segments: readonly SegmentReport[];
  readonly snapshots: readonly SnapshotReport[];
  /** What the log goes on from; 0: from the beginning. */
  readonly base: { readonly index: number; readonly term: number };
  /** Entries behind the snapshot; undefined: there are none. */
  readonly entries: { readonly first: number; readonly last: number } | undefined;
  readonly hardState: { readonly term: number; readonly vote: number; readonly commit: number };
  readonly vote: FoundVote["kind"];
  /** Entries that rotted and are known: other members may have them. */
  readonly faulty: readonly { readonly index: number; readonly term: number }[];
  /** Saves that rotted and are not known. */
  readonly lost: readonly Gap[];
  /** What is wrong, a sentence each. Empty: the log is sound. */
  readonly problems: readonly string[];
}

/**
 * `bodies`: of snapshots, which may stand for what the log lacks.
 * @throws FileError, RaftoralError `version-mismatch`
 */
export async function inspectLog(
  fs: FileSystem,
  directory: string,
  bodies: readonly BodyReport[],
): Promise<LogReport> {
  const names = await fs.list(directory);
  const found = await readLog(fs, directory);
  const vote: FoundVote = names.includes("vote") ? await voteIn(fs, directory) : { kind: "none" };
  const snapshots: SnapshotReport[] = [];
  for (const name of names.filter((one) => /^\d{16}\.snap$/.test(one))) {
    const at = Number(name.slice(0, 16));
    snapshots.push({ name, index: at, isWhole: await isWhole(fs, directory, at) });
  }
  const view = await viewOf(fs, directory, { found, snapshots });
  const { hardState } = view;
  const isVoteNewer = vote.kind === "found" && vote.vote.term >= hardState.term;
  const faulty = [...view.faulty.values()].map(({ index: at, term }) => ({ index: at, term }));
  const first = view.snapshot.index + 1;
  return {
    segments: found.segments.map(segmentReport),
    snapshots,
    base: { index: view.snapshot.index, term: view.snapshot.term },
    entries:
      view.entries.length === 0 ? undefined : { first, last: first + view.entries.length - 1 },
    hardState: isVoteNewer ? { ...hardState, ...vote.vote } : hardState,
    vote: vote.kind,
    faulty: faulty.sort((a, b) => a.index - b.index),
    lost: found.lost,
    problems: [...problemsOf({ found, vote, snapshots, faulty }), ...lacking(view, bodies)],
  };
}

async function voteIn(fs: FileSystem, directory: string): Promise<FoundVote> {
  const file = await fs.open(`${directory}/vote`);
  try {
    return await readVote(file);
  } finally {
    await file.close();
  }
}

async function isWhole(fs: FileSystem, directory: string, at: number): Promise<boolean> {
  try {
    await readSnapshot(fs, directory, index(at));
    return true;
  } catch (error) {
    if (error instanceof RaftoralError && error.code === "log-damaged") return false;
    throw error;
  }
}

/** As far as it can be told: behind what is lost nothing counts. */
function viewOf(
  fs: FileSystem,
  directory: string,
  { found, snapshots }: { found: FoundLog; snapshots: readonly SnapshotReport[] },
): Promise<MemoryDisk> {
  const end = found.lost[0]?.from ?? Number.POSITIVE_INFINITY;
  const whole = snapshots.filter((one) => one.isWhole).map((one) => one.index);
  const mark = found.saves.findLast((one) => markOf(one) !== undefined);
  const saves = found.saves.filter((one) => one.sequence < end || one === mark);
  return recover({ ...found, saves: isGone(mark, whole) ? [] : saves }, (at) =>
    readSnapshot(fs, directory, at),
  );
}

/** What the log goes on from, by its newest mark. */
function isGone(mark: FoundSave | undefined, whole: readonly number[]): boolean {
  const at = mark === undefined ? 0 : (markOf(mark)?.snapshotAt ?? 0);
  return at > 0 && !whole.includes(at);
}

const segmentReport = ({ name, content }: FoundLog["segments"][number]): SegmentReport => ({
  name,
  bytes: content.size,
  frames: content.frames.length,
  firstSave: content.frames[0]?.sequence,
  lastSave: content.frames.at(-1)?.sequence,
  isHeaderWhole: content.chainBefore !== undefined,
  tail: content.tail,
});

/** A log that was cut needs a snapshot of what is gone; one of another history does not count. */
function lacking(view: MemoryDisk, bodies: readonly BodyReport[]): readonly string[] {
  const base = view.snapshot;
  const termAt = (at: number): number | undefined =>
    at === base.index ? base.term : view.entries[at - base.index - 1]?.term;
  const isThere = bodies.some(
    ({ kind, told }) =>
      kind === "whole" &&
      told !== undefined &&
      told.index >= base.index &&
      told.term === termAt(told.index),
  );
  if (base.index === 0 || isThere) return [];
  return [
    `the log begins behind entry ${base.index}, and no whole snapshot reaches there: ` +
      "the node gets one from other members; alone it does not start",
  ];
}

function problemsOf(parts: {
  readonly found: FoundLog;
  readonly vote: FoundVote;
  readonly snapshots: readonly SnapshotReport[];
  readonly faulty: readonly { readonly index: number }[];
}): readonly string[] {
  const { found, faulty, snapshots, vote } = parts;
  const problems = found.lost.map(({ from, to }) => {
    const range = to === undefined ? `from ${from} on` : `${from} to ${to - 1}`;
    return `saves ${range} are not what was written, and nothing tells what they were`;
  });
  if (faulty.length > 0) {
    const places = faulty.map((one) => one.index);
    problems.push(
      `${faulty.length} entries between ${Math.min(...places)} and ${Math.max(...places)} are ` +
        "not what was written: the node gets them from other members, and does not vote until then",
    );
  }
  if (vote.kind === "found" && found.segments.length === 0) {
    problems.push("there is a vote and no segment: the log is gone, and the node does not start");
  }
  if (vote.kind === "rotten") problems.push("both copies of the vote are not what was written");
  for (const { name } of snapshots.filter((one) => !one.isWhole)) {
    problems.push(`${name} is not what was written`);
  }
  const mark = found.saves.findLast((one) => markOf(one) !== undefined);
  const known = snapshots.map((one) => one.index);
  if (isGone(mark, known)) {
    problems.push("the .snap file that the log goes on from is gone: the node does not start");
  }
  if (problems.length === 0 && found.isDamaged) {
    problems.push("something is not what was written that nobody needs: the next start mends it");
  }
  return problems;
}
