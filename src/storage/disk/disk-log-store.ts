// The log on disk. Reads are answered from memory, which holds what the disk has; a save is told as
// done when the disk has it.

import { RaftoralError } from "../../errors.ts";
import type { HardState, Snapshot } from "../../raft/types.ts";
import { assert } from "../../std/assert.ts";
import { term } from "../../std/ids.ts";
import { committedTo, createMemoryLogStore, type MemoryDisk } from "../memory.ts";
import type { FaultyEntry, LogStore, Mend, Save, StorageFailure, StoreListener } from "../port.ts";
import { type File, type FileSystem, isNoSpace } from "./file-system.ts";
import { type FinalFileSystem, untilFailure } from "./final-failure.ts";
import { encodeOutline, outlineOf } from "./outline-codec.ts";
import { type FoundLog, readLog } from "./read-log.ts";
import { perform, recover } from "./recover.ts";
import { Register, registerName } from "./register.ts";
import { decodeSave, type LoggedSave, writeSave } from "./save-codec.ts";
import { forgetSnapshots, readSnapshot, writeSnapshot } from "./snapshot-file.ts";
import { layOut, readVote, writeVote } from "./vote-file.ts";
import { type Frame, Wal } from "./wal.ts";

export interface DiskLogOptions {
  readonly fs: FileSystem;
  readonly directory: string;
  /** Size of a segment. Default 8 MiB. */
  readonly segmentBytes?: number;
}

const SEGMENT_BYTES = 8 * 1024 * 1024;

/**
 * Entries that rotted and are known for what they were are `faulty`: the others may have them.
 * @throws RaftoralError `log-damaged`: something that was safe is not there any more,
 * and nobody knows what it was; `version-mismatch`: a file is whole, and of another build.
 * @throws FileError
 */
export async function openDiskLogStore(options: DiskLogOptions): Promise<LogStore> {
  const { directory, segmentBytes = SEGMENT_BYTES } = options;
  const fs = untilFailure(options.fs);
  await fs.makeDirectory(directory);
  const found = await readLog(fs, directory);
  if (found.lost.length > 0) throw lostSaves(directory, found);
  const view = await recover(found, (at) => readSnapshot(fs, directory, at));
  const { voteFile, vote } = await openVote(fs, directory, found);
  view.hardState = withVote(view.hardState, vote);
  if (!found.isDamaged) await completeRegisters(fs, directory, found);
  const wal = await Wal.resume({ fs, directory, segmentBytes }, found);
  const store = new DiskLogStore({ fs, directory, wal, voteFile, view });
  // What rotted was overwritten or let go since: nobody needs to be asked.
  if (found.isDamaged && view.faulty.size === 0) await store.beginAnew();
  else await wal.forget(neededFrom(found));
  return store;
}

/** What a crash or rot took from them is written again: from here on it is safe. */
async function completeRegisters(
  fs: FileSystem,
  directory: string,
  { registered, segments }: FoundLog,
): Promise<void> {
  for (const { name, content } of segments) {
    const bare = content.frames.filter(({ sequence }) => !registered.has(sequence));
    if (bare.length === 0) continue;
    const register = await Register.open(fs, `${directory}/${registerName(name)}`);
    for (const { sequence, payload, ...place } of bare) {
      register.note(sequence, encodeOutline(outlineOf(decodeSave(payload), place)));
    }
    // On a full disk it lacks them as before.
    await register.sync().catch((error: unknown) => {
      if (!isNoSpace(error)) throw error;
    });
    await register.close();
  }
}

/** The segment with the first save that counts: on a full disk that was not the first in it. */
function neededFrom({ saves, segments }: FoundLog): number {
  const first = saves[0]?.sequence ?? 0;
  return segments.findLast(({ sequence }) => sequence <= first)?.sequence ?? first;
}

function lostSaves(directory: string, { lost }: FoundLog): RaftoralError {
  const saves = lost.map(({ from, to }) =>
    to === undefined ? `from ${from} on` : `${from} to ${to - 1}`,
  );
  return new RaftoralError(
    "log-damaged",
    `${directory}: of saves ${saves.join(", ")} nothing is left that tells what they were. This ` +
      "node must not go on as if they had not been: look with `raftoral doctor`; then remove its " +
      "directory and let it join anew, or put back a copy of the whole directory",
  );
}

async function openVote(fs: FileSystem, directory: string, { segments }: FoundLog) {
  const voteFile = await fs.open(`${directory}/vote`);
  try {
    await fs.syncDirectory(directory);
    const vote = await foundVote(voteFile);
    if (vote !== undefined && segments.length === 0) throw noSegments(directory);
    return { voteFile, vote };
  } catch (error) {
    await voteFile.close();
    throw error;
  }
}

/** What is promised is in the log before it is in the vote's file. */
const noSegments = (directory: string): RaftoralError =>
  new RaftoralError(
    "log-damaged",
    `${directory} has a vote and no segment: the log of this node is gone. Put back a copy ` +
      "of the whole directory, or remove it and let the node join anew",
  );

async function foundVote(file: File): Promise<Pick<HardState, "term" | "vote"> | undefined> {
  const found = await readVote(file);
  if (found.kind === "found") {
    // A process that was killed may have written one slot, and synced none.
    await writeVote(file, found.vote);
    return found.vote;
  }
  if (found.kind === "none") {
    await layOut(file);
    return;
  }
  throw new RaftoralError(
    "log-damaged",
    "vote: both copies are damaged. Nobody knows how this node voted, so it must not vote again: " +
      "remove its directory and let it join anew",
  );
}

/** The log has it too, but may lag behind: what was promised last holds. */
function withVote(
  logged: HardState,
  vote: Pick<HardState, "term" | "vote"> | undefined,
): HardState {
  if (vote === undefined || vote.term < logged.term) return logged;
  if (vote.term === logged.term && vote.vote === 0) return logged;
  return { ...logged, ...vote };
}

const frameOf = (save: LoggedSave, mayUseReserve = true): Frame => ({
  lastIndex: save.entries.at(-1)?.index ?? 0,
  mayUseReserve,
  write: (payload) => writeSave(payload, save),
  outline: (place) => encodeOutline(outlineOf(save, place)),
});

interface DiskLogParts {
  readonly fs: FinalFileSystem;
  readonly directory: string;
  readonly wal: Wal;
  readonly voteFile: File;
  readonly view: MemoryDisk;
}

class DiskLogStore implements LogStore {
  readonly #parts: DiskLogParts;
  readonly #reads: LogStore;
  #promised: Pick<HardState, "term" | "vote">;
  #isClosed = false;
  #working: Promise<void> = Promise.resolve();

  constructor(parts: DiskLogParts) {
    this.#parts = parts;
    this.#reads = createMemoryLogStore({ disk: parts.view });
    this.#promised = parts.view.hardState;
  }

  get isBlank(): boolean {
    return this.#reads.isBlank;
  }

  get faulty(): readonly FaultyEntry[] {
    return this.#reads.faulty;
  }

  get isFull(): boolean {
    return this.#parts.wal.isFull;
  }

  listen({ onFailure, onRoom }: StoreListener): void {
    const { fs, wal } = this.#parts;
    fs.onFailure((cause) => {
      if (!this.#isClosed) onFailure({ reason: "write-failed", cause });
    });
    wal.onRoom = (isFull) => {
      if (!this.#isClosed) onRoom(isFull);
    };
  }

  lookForRoom(): void {
    if (!this.#isClosed) this.#parts.wal.lookForRoom();
  }

  save(what: Save, done: (failure?: StorageFailure) => void): void {
    assert(this.#parts.view.faulty.size === 0, "a log is whole before anything is added");
    this.#do(async () => {
      await this.#write(what);
      perform(this.#parts.view, what);
    }, done);
  }

  mend(what: Mend, done: (failure?: StorageFailure) => void): void {
    const { directory, fs, view } = this.#parts;
    const { snapshot } = what;
    view.mend(what);
    this.#do(async () => {
      if (snapshot !== undefined) await writeSnapshot(fs, directory, snapshot);
      await this.beginAnew();
      if (snapshot !== undefined) await forgetSnapshots(fs, directory, snapshot.index);
    }, done);
  }

  cut(snapshot: Snapshot, done: (failure?: StorageFailure) => void): void {
    assert(this.#parts.view.faulty.size === 0, "a log is whole before it is cut");
    this.#do(async () => {
      await this.#writeCut(snapshot);
      this.#parts.view.compact(snapshot);
    }, done);
  }

  /** Only segments go that hold nothing else: what follows the snapshot is not written again. */
  async #writeCut(snapshot: Snapshot): Promise<void> {
    const { directory, fs, view, wal } = this.#parts;
    await writeSnapshot(fs, directory, snapshot);
    const keptFrom = wal.neededFrom(snapshot.index);
    const mark = { snapshotAt: snapshot.index, keptFrom };
    const hardState = committedTo(snapshot.index, view.hardState);
    await wal.append(frameOf({ hardState, entries: [], mark }));
    await wal.settle();
    await wal.forget(keptFrom);
    await forgetSnapshots(fs, directory, snapshot.index);
  }

  /** Writes all that is known once more, and lets go of what it was read from. */
  async beginAnew(): Promise<void> {
    const { view, wal } = this.#parts;
    const { entries, hardState, snapshot } = view;
    const mark = { snapshotAt: snapshot.index, keptFrom: undefined };
    await wal.appendAnew(frameOf({ hardState, entries, mark }));
  }

  #do(act: () => Promise<void>, done: (failure?: StorageFailure) => void): void {
    if (this.#isClosed) return;
    const { fs } = this.#parts;
    this.#working = act().then(
      () => {
        if (this.#isClosed) return;
        // Another file of this node failed meanwhile: nothing is promised any more.
        if (fs.failure === undefined) done();
        else done({ reason: "write-failed", cause: fs.failure });
      },
      (cause: unknown) => {
        if (!this.#isClosed)
          done({ reason: isNoSpace(cause) ? "no-space" : "write-failed", cause });
      },
    );
  }

  /** In this order: what the hard state speaks of is durable before it is. */
  async #write({ hardState, entries, mayUseReserve, snapshot }: Save): Promise<void> {
    const { fs, directory, view, voteFile, wal } = this.#parts;
    if (snapshot !== undefined) {
      await writeSnapshot(fs, directory, snapshot);
      // The state is repeated, since what stands before this in the log is no longer read.
      const lasting = hardState ?? view.hardState;
      const mark = { snapshotAt: snapshot.index, keptFrom: undefined };
      await wal.appendAnew(frameOf({ hardState: lasting, entries, mark }));
      await forgetSnapshots(fs, directory, snapshot.index);
    } else if (hardState !== undefined || entries.length > 0) {
      await wal.append(frameOf({ hardState, entries }, mayUseReserve === true));
    }
    const { term: ofTerm, vote } = hardState ?? this.#promised;
    if (ofTerm === this.#promised.term && vote === this.#promised.vote) return;
    await writeVote(voteFile, { term: term(ofTerm), vote });
    this.#promised = { term: ofTerm, vote };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { wal, voteFile } = this.#parts;
    // After what is under way; nobody hears of it any more.
    void this.#working.then(() => Promise.allSettled([wal.close(), voteFile.close()]));
  }

  initialState(): ReturnType<LogStore["initialState"]> {
    return this.#reads.initialState();
  }

  firstIndex(): ReturnType<LogStore["firstIndex"]> {
    return this.#reads.firstIndex();
  }

  lastIndex(): ReturnType<LogStore["lastIndex"]> {
    return this.#reads.lastIndex();
  }

  term(at: Parameters<LogStore["term"]>[0]): ReturnType<LogStore["term"]> {
    return this.#reads.term(at);
  }

  entries(...range: Parameters<LogStore["entries"]>): ReturnType<LogStore["entries"]> {
    return this.#reads.entries(...range);
  }

  snapshot(): ReturnType<LogStore["snapshot"]> {
    return this.#reads.snapshot();
  }
}
