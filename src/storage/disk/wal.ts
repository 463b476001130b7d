// The log's frames, one after the other, over segments.
//
// I1. One write at a time: the next one begins when the last one is durable. The caller sees to it.
// I2. Nothing is written behind damage: a log that has any is begun anew first.

import type { File, FileSystem } from "./file-system.ts";
import { encodeFrame, frameBytes, HEADER_BYTES } from "./frame.ts";
import type { FramePlace } from "./outline-codec.ts";
import type { FoundLog } from "./read-log.ts";
import { isRegister, Register, registerName } from "./register.ts";
import { commission, isSegment, makeSpare, segmentName, sequenceOf } from "./segment.ts";

const SPARE = "spare.tmp";

export interface WalParts {
  readonly fs: FileSystem;
  readonly directory: string;
  readonly segmentBytes: number;
}

/** What is written, and, from where it came to stand, what the register keeps of it. */
export interface Frame {
  readonly payload: Uint8Array;
  outline(place: FramePlace): Uint8Array;
}

interface Present {
  readonly file: File;
  readonly register: Register;
  readonly size: number;
  at: number;
}

export class Wal {
  readonly #parts: WalParts;
  #present: Present | undefined;
  #sequence = 1;
  #chain = 0;
  #spare: Promise<File> | undefined;
  #spareFailure: unknown;

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
    const { fs, directory } = parts;
    const name = found.segments.at(-1)?.name ?? segmentName(1);
    const file = await fs.open(`${directory}/${name}`);
    if (tail.tail === "torn") await clear(file, tail.end, tail.size);
    // A process that was killed may have written and not synced: what is read is trusted from here.
    else await file.sync();
    const register = await Register.open(fs, `${directory}/${registerName(name)}`);
    await fs.syncDirectory(directory);
    wal.#present = { file, register, size: tail.size, at: tail.end };
    return wal;
  }

  /** Settles when it survives a loss of power. */
  async append(frame: Frame): Promise<void> {
    if (this.#spareFailure !== undefined) throw this.#spareFailure;
    const need = frameBytes(frame.payload.length);
    let present = this.#present;
    if (present === undefined || present.at + need > present.size) {
      present = await this.#rotate(need);
    }
    await present.register.settled();
    const { at, file } = present;
    const place = { at, sequence: this.#sequence, chain: this.#chain };
    const { bytes, checksum } = encodeFrame(frame.payload, place);
    await file.write(at, bytes);
    await file.sync();
    present.at += need;
    // Only now: what the register has was complete.
    present.register.note(this.#sequence, frame.outline({ end: present.at, checksum }));
    this.#sequence++;
    this.#chain = checksum;
    if (present.at > present.size / 2) void this.#prepare();
  }

  /** From this frame on the log is read; what was before it goes. */
  async appendAnew(frame: Frame): Promise<void> {
    // One without a frame yet has the name that the new one takes.
    const from = this.#sequence;
    await this.#rotate(frameBytes(frame.payload.length));
    await this.append(frame);
    await this.#present?.register.sync();
    await this.forget(from);
  }

  /** Removes what lies before the segment that begins with frame `from`. */
  async forget(from: number): Promise<void> {
    const { fs, directory } = this.#parts;
    const names = (await fs.list(directory)).filter((name) => isSegment(name) || isRegister(name));
    const old = names.filter((name) => sequenceOf(name) < from);
    for (const name of old) await fs.unlink(`${directory}/${name}`);
    if (old.length > 0) await fs.syncDirectory(directory);
  }

  async close(): Promise<void> {
    const spare = await this.#spare?.catch(() => undefined);
    await spare?.close();
    await this.#present?.register.close();
    await this.#present?.file.close();
  }

  /** Makes the next segment's file while there is room in this one. */
  #prepare(): Promise<File> {
    const { fs, directory, segmentBytes } = this.#parts;
    if (this.#spare === undefined) {
      this.#spare = makeSpare(fs, `${directory}/${SPARE}`, segmentBytes);
      // A disk that fails behind our back has failed: the next append says so.
      this.#spare.catch((error: unknown) => {
        this.#spareFailure = error;
      });
    }
    return this.#spare;
  }

  async #rotate(need: number): Promise<Present> {
    const { fs, directory, segmentBytes } = this.#parts;
    const path = `${directory}/${SPARE}`;
    const size = Math.max(segmentBytes, HEADER_BYTES + need);
    let file = await this.#prepare();
    if (size > segmentBytes) {
      await file.close();
      file = await makeSpare(fs, path, size);
    }
    await this.#retire();
    const name = registerName(segmentName(this.#sequence));
    const register = await Register.open(fs, `${directory}/${name}`);
    const header = { sequence: this.#sequence, chain: this.#chain, size };
    await commission(fs, { file, path }, { directory, header });
    this.#spare = undefined;
    this.#present = { file, register, size, at: HEADER_BYTES };
    return this.#present;
  }

  async #retire(): Promise<void> {
    const present = this.#present;
    if (present === undefined) return;
    this.#present = undefined;
    await present.register.sync();
    await present.register.close();
    await present.file.close();
  }
}

/** What a crash tore is zeros again, or it would be read into what is written next. */
async function clear(file: File, from: number, to: number): Promise<void> {
  const step = 1024 * 1024;
  for (let at = from; at < to; at += step) {
    await file.write(at, new Uint8Array(Math.min(step, to - at)));
  }
  await file.sync();
}
