// The log on disk. Reads are answered from memory, which holds what the disk has; a save is told as
// done when the disk has it.

import { RaftoralError } from "../../errors.ts";
import type { HardState } from "../../raft/types.ts";
import { term } from "../../std/ids.ts";
import { createMemoryLogStore, MemoryDisk } from "../memory.ts";
import type { LogStore, Save, StorageFailure } from "../port.ts";
import { type File, FileError, type FileSystem } from "./file-system.ts";
import { decodeSave, encodeSave } from "./save-codec.ts";
import { forgetSnapshots, readSnapshot, writeSnapshot } from "./snapshot-file.ts";
import { readVote, writeVote } from "./vote-file.ts";
import { Wal } from "./wal.ts";

export interface DiskLogOptions {
  readonly fs: FileSystem;
  readonly directory: string;
  /** Size of a segment. Default 8 MiB. */
  readonly segmentBytes?: number;
}

const SEGMENT_BYTES = 8 * 1024 * 1024;

/**
 * @throws RaftoralError `log-damaged`: something that was safe is not there any more,
 * or not what it was.
 * @throws FileError
 */
export async function openDiskLogStore(options: DiskLogOptions): Promise<LogStore> {
  const { fs, directory, segmentBytes = SEGMENT_BYTES } = options;
  await fs.makeDirectory(directory);
  const view = new MemoryDisk();
  const wal = new Wal({ fs, directory, segmentBytes });
  const saves = (await wal.open()).map(decodeSave);
  const last = saves.findLastIndex(({ snapshotAt }) => snapshotAt !== undefined);
  if (last === -1 && !wal.isFromTheStart) {
    const message = "the first segment of the log is missing: remove the directory and join anew";
    throw new RaftoralError("log-damaged", message);
  }
  for (const { hardState, entries, snapshotAt } of saves.slice(Math.max(0, last))) {
    const snapshot =
      snapshotAt === undefined ? undefined : await readSnapshot(fs, directory, snapshotAt);
    perform(view, { hardState, entries, snapshot });
  }
  const voteFile = await fs.open(`${directory}/vote`);
  await fs.syncDirectory(directory);
  view.hardState = withVote(view.hardState, await foundVote(voteFile));
  return new DiskLogStore({ fs, directory, wal, voteFile, view });
}

async function foundVote(file: File): Promise<Pick<HardState, "term" | "vote"> | undefined> {
  const found = await readVote(file);
  if (found.kind === "found") return found.vote;
  if (found.kind === "none") return;
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

function perform(view: MemoryDisk, save: Save): void {
  view.begin(save);
  view.sync();
}

interface DiskLogParts {
  readonly fs: FileSystem;
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
  /** After it nothing is known of the disk: nothing is written any more, whatever it would say. */
  #failure: StorageFailure | undefined;
  #working: Promise<void> = Promise.resolve();

  constructor(parts: DiskLogParts) {
    this.#parts = parts;
    this.#reads = createMemoryLogStore({ disk: parts.view });
    this.#promised = parts.view.hardState;
  }

  get isBlank(): boolean {
    return this.#reads.isBlank;
  }

  save(what: Save, done: (failure?: StorageFailure) => void): void {
    if (this.#isClosed) return;
    this.#working = this.#write(what).then(
      () => {
        if (this.#isClosed) return;
        perform(this.#parts.view, what);
        done();
      },
      (cause: unknown) => {
        if (this.#isClosed) return;
        const isFull = cause instanceof FileError && cause.reason === "no-space";
        this.#failure ??= { reason: isFull ? "no-space" : "write-failed", cause };
        done(this.#failure);
      },
    );
  }

  /** In this order: what the hard state speaks of is durable before it is. */
  async #write({ hardState, entries, snapshot }: Save): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.cause;
    const { fs, directory, wal, voteFile } = this.#parts;
    if (snapshot !== undefined) {
      await writeSnapshot(fs, directory, snapshot);
      // The state is repeated, since what stands before this in the log is no longer read.
      const lasting = hardState ?? this.#parts.view.hardState;
      const marked = { hardState: lasting, entries, snapshotAt: snapshot.index };
      await wal.appendAnew(encodeSave(marked));
      await forgetSnapshots(fs, directory, snapshot.index);
    } else if (hardState !== undefined || entries.length > 0) {
      await wal.append(encodeSave({ hardState, entries }));
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
