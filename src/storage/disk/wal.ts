// The log's frames, one after the other, over segments.
//
// I1. One write at a time: the next one begins when the last one is durable. The caller sees to it.
// I2. Nothing is written behind damage: a log that has any is begun anew first.
// I3. The next segment's file is made before this one is full. Where the disk has no room for it,
//     the rest of this one is all that can be counted on: the last part of it is a reserve, which
//     only those frames may use that must be written whatever happens.
// I4. A frame that is refused as `no-space` has changed nothing; the same may be tried again.
// I5. Only whole segments go, the oldest first, and only when the log says durably that it is read
//     without them.

import { ByteWriter } from "../../std/bytes.ts";
import { type File, FileError, type FileSystem, isNoSpace } from "./file-system.ts";
import { type Draft, draftFrame, HEADER_BYTES, sealFrame } from "./frame.ts";
import type { FramePlace } from "./outline-codec.ts";
import { type FoundLog, type FoundSave, placesOf } from "./read-log.ts";
import { isRegister, Register, registerName } from "./register.ts";
import { commission, isSegment, makeSpare, segmentName, sequenceOf } from "./segment.ts";

const SPARE = "spare.tmp";
/** Room that is kept for the next frame; a larger frame's goes with it. */
const ROOM_KEPT_BYTES = 1024 * 1024;
/** The reserve of a segment; and so much is left beside a spare, for registers and snapshots. */
const asideOf = (segmentBytes: number): number => Math.floor(segmentBytes / 8);

export interface WalParts {
  readonly fs: FileSystem;
  readonly directory: string;
  readonly segmentBytes: number;
}

/** What is written, and, from where it came to stand, what the register keeps of it. */
export interface Frame {
  /** The highest index of its entries; 0: it has none. */
  readonly lastIndex: number;
  /** Where there is no room but the reserve, it may have that. */
  readonly mayUseReserve: boolean;
  write(payload: ByteWriter): void;
  outline(place: FramePlace): Uint8Array;
}

/** One that is kept, by its first frame's number. */
interface Kept {
  readonly sequence: number;
  lastIndex: number;
}

interface Present {
  readonly file: File;
  readonly register: Register;
  /** Of its first frame. */
  readonly sequence: number;
  readonly size: number;
  at: number;
}

export class Wal {
  /** Told when there is no room for another segment, and when there is again. */
  onRoom: (isFull: boolean) => void = () => {};
  readonly #parts: WalParts;
  #present: Present | undefined;
  /** In order; the last one is written to. */
  #kept: Kept[] = [];
  #writer = new ByteWriter();
  #sequence = 1;
  #chain = 0;
  #spare: Promise<File> | undefined;
  #isFull = false;

  private constructor(parts: WalParts) {
    this.#parts = parts;
  }

  /** Goes on where `found` ends. What a crash tore is zeros again. @throws FileError */
  static async resume(parts: WalParts, found: FoundLog): Promise<Wal> {
    const wal = new Wal(parts);
    const { tail } = found;
    if (tail === undefined) return wal;
    wal.#sequence = tail.sequence;
    wal.#chain = tail.chain;
    if (found.isDamaged) return wal;
    wal.#kept = keptIn(found);
    const { fs, directory } = parts;
    const { name, sequence } = found.segments.at(-1) ?? { name: segmentName(1), sequence: 1 };
    const file = await fs.open(`${directory}/${name}`);
    if (tail.tail === "torn") await clear(file, tail.end, tail.size);
    // A process that was killed may have written and not synced: what is read is trusted from here.
    else await file.sync();
    const register = await Register.open(fs, `${directory}/${registerName(name)}`);
    await fs.syncDirectory(directory);
    wal.#present = { file, register, sequence, size: tail.size, at: tail.end };
    wal.#lookAhead(wal.#present);
    return wal;
  }

  /** No room for another segment. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Settles when it survives a loss of power. */
  async append(frame: Frame): Promise<void> {
    const draft = this.#draft(frame);
    const need = draft.bytes.length;
    const fitting = this.#fitting(need, frame.mayUseReserve);
    await this.#write(frame, draft, fitting ?? (await this.#rotate(need)));
  }

  /**
   * From this frame on the log is read; what was before it goes. In a segment of its own, or, where
   * there is no room for that, in what is left of this one: then it makes room.
   */
  async appendAnew(frame: Frame): Promise<void> {
    const draft = this.#draft(frame);
    const need = draft.bytes.length;
    const fitting = this.#fitting(need, true);
    // A new one has the name of one without a frame.
    const present = await this.#rotate(need).catch((error: unknown) => {
      if (fitting === undefined || !isNoSpace(error)) throw error;
      return fitting;
    });
    await this.#write(frame, draft, present);
    await present.register.sync().catch((error: unknown) => {
      if (!isNoSpace(error)) throw error;
    });
    await this.forget(present.sequence);
  }

  /** With all entries up to this one gone: the first frame of the segments that still matter. */
  neededFrom(upTo: number): number {
    const needed = this.#kept.find(({ lastIndex }) => lastIndex > upTo) ?? this.#kept.at(-1);
    return needed?.sequence ?? this.#sequence;
  }

  /** Settles when the register, too, survives a loss of power. */
  async settle(): Promise<void> {
    await this.#present?.register.sync();
  }

  /** Removes what lies before the segment that begins with frame `from`. */
  async forget(from: number): Promise<void> {
    this.#kept = this.#kept.filter(({ sequence }) => sequence >= from);
    const { fs, directory } = this.#parts;
    const names = (await fs.list(directory)).filter((name) => isSegment(name) || isRegister(name));
    const old = names.filter((name) => sequenceOf(name) < from);
    for (const name of old) await fs.unlink(`${directory}/${name}`);
    if (old.length > 0) await fs.syncDirectory(directory);
  }

  /** Whether there is room again: `onRoom` is told. */
  lookForRoom(): void {
    if (this.#isFull) void this.#look().catch(() => {});
  }

  async #look(): Promise<void> {
    const { fs, directory, segmentBytes } = this.#parts;
    await this.#prepare();
    // The spare may have been there all the time, and no room for what lies beside it.
    if ((await fs.free(directory)) >= asideOf(segmentBytes)) this.#setFull(false);
  }

  async close(): Promise<void> {
    const spare = await this.#spare?.catch(() => undefined);
    await spare?.close();
    await this.#present?.register.close();
    await this.#present?.file.close();
  }

  #fitting(need: number, mayUseReserve: boolean): Present | undefined {
    const present = this.#present;
    if (present === undefined) return;
    const isReserved = this.#isFull && !mayUseReserve;
    const reserved = isReserved ? asideOf(present.size) : 0;
    return present.at + need > present.size - reserved ? undefined : present;
  }

  #draft(frame: Frame): Draft {
    if (this.#writer.length > ROOM_KEPT_BYTES) this.#writer = new ByteWriter();
    return draftFrame(this.#writer, (payload) => frame.write(payload));
  }

  async #write(frame: Frame, draft: Draft, present: Present): Promise<void> {
    await present.register.settled();
    const { at, file } = present;
    const sequence = this.#sequence;
    const checksum = sealFrame(draft, { at, sequence, chain: this.#chain });
    const end = at + draft.bytes.length;
    const written = file.writeSafely(at, draft.bytes);
    // While the disk works.
    const outline = frame.outline({ end, checksum });
    await written;
    present.at = end;
    // Only now: what the register has was complete.
    present.register.note(sequence, outline);
    this.#sequence++;
    this.#chain = checksum;
    const kept = this.#kept.at(-1);
    if (kept !== undefined) kept.lastIndex = Math.max(kept.lastIndex, frame.lastIndex);
    this.#lookAhead(present);
  }

  #lookAhead({ at, size }: Present): void {
    // Where it fails the disk has failed, and says so by itself.
    if (at > size / 2 && !this.#isFull) void this.#prepare().catch(() => {});
  }

  /** Makes the next segment's file while there is room in this one. */
  #prepare(): Promise<File> {
    this.#spare ??= this.#make(this.#parts.segmentBytes).then(
      (file) => {
        this.#setFull(false);
        return file;
      },
      (error: unknown) => {
        this.#spare = undefined;
        if (isNoSpace(error)) this.#setFull(true);
        throw error;
      },
    );
    return this.#spare;
  }

  #setFull(isFull: boolean): void {
    if (this.#isFull === isFull) return;
    this.#isFull = isFull;
    this.onRoom(isFull);
  }

  /** Looks first: a disk that is filled to the last byte by zeros serves nobody. */
  async #make(size: number): Promise<File> {
    const { fs, directory } = this.#parts;
    const path = `${directory}/${SPARE}`;
    const free = await fs.free(directory);
    const need = size + asideOf(size);
    if (free < need) {
      const why = `${free} bytes are free, ${need} are needed`;
      throw new FileError("no-space", { call: "make", path }, why);
    }
    try {
      return await makeSpare(fs, path, size);
    } catch (error) {
      if (isNoSpace(error)) await fs.unlink(path);
      throw error;
    }
  }

  async #rotate(need: number): Promise<Present> {
    const { fs, directory } = this.#parts;
    const next = await this.#nextFile(need);
    const sequence = this.#sequence;
    const name = registerName(segmentName(sequence));
    const register = await Register.open(fs, `${directory}/${name}`);
    const spare = { file: next.file, path: `${directory}/${SPARE}` };
    const header = { sequence, chain: this.#chain, size: next.size };
    let file: File;
    try {
      await this.#present?.register.sync();
      file = await commission(fs, spare, { directory, header });
    } catch (error) {
      await register.close();
      if (isNoSpace(error)) this.#setFull(true);
      throw error;
    }
    const before = this.#present;
    this.#spare = undefined;
    this.#present = { file, register, sequence, size: next.size, at: HEADER_BYTES };
    this.#kept = this.#kept.filter((kept) => kept.sequence < sequence);
    this.#kept.push({ sequence, lastIndex: 0 });
    await before?.register.close();
    await before?.file.close();
    return this.#present;
  }

  async #nextFile(need: number): Promise<{ readonly file: File; readonly size: number }> {
    const { segmentBytes } = this.#parts;
    const size = Math.max(segmentBytes, HEADER_BYTES + need);
    const file = await this.#prepare();
    if (size === segmentBytes) return { file, size };
    await file.close();
    this.#spare = undefined;
    return { file: await this.#make(size), size };
  }
}

function keptIn({ saves, segments }: FoundLog): Kept[] {
  const kept = segments.map(({ sequence }): Kept => ({ sequence, lastIndex: 0 }));
  let at = 0;
  for (const found of saves) {
    while ((kept[at + 1]?.sequence ?? Number.POSITIVE_INFINITY) <= found.sequence) at++;
    const segment = kept[at];
    if (segment !== undefined) segment.lastIndex = Math.max(segment.lastIndex, lastIndexOf(found));
  }
  return kept;
}

const lastIndexOf = (found: FoundSave): number => placesOf(found).at(-1)?.index ?? 0;

/** What a crash tore is zeros again, or it would be read into what is written next. */
async function clear(file: File, from: number, to: number): Promise<void> {
  const step = 1024 * 1024;
  for (let at = from; at < to; at += step) {
    await file.write(at, new Uint8Array(Math.min(step, to - at)));
  }
  await file.sync();
}
