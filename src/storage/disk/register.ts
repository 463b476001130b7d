// A segment's register: an outline of each of its frames, in a file of its own beside it.
//
// An outline is written when its frame is durable, so it also tells a frame that was complete from
// one that never was. It is not waited for: one that is not safe yet costs an answer when its frame
// rots at the same time, never a frame. Each record vouches for itself, whatever is before it.
//
// A full disk keeps no frame from being written, for which there is room, so it must not by the
// outline either: outlines wait here, at most those of one segment, until there is room again.

import { type File, type FileSystem, isNoSpace } from "./file-system.ts";
import {
  aligned,
  encodeFrame,
  frameBytes,
  HEADER_BYTES,
  readHeader,
  readPayload,
} from "./frame.ts";

export const registerName = (segment: string): string => segment.replace(/\.seg$/, ".reg");

export const isRegister = (name: string): boolean => /^\d{16}\.reg$/.test(name);

/** What is kept of each frame, by its number. */
export function readRegister(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const records = new Map<number, Uint8Array>();
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const header = readHeader(bytes, at, "record");
    const payload = header === undefined ? undefined : readPayload(bytes, at, header);
    if (header !== undefined && payload !== undefined) records.set(header.sequence, payload);
    at += payload === undefined ? HEADER_BYTES : frameBytes(payload.length);
  }
  return records;
}

interface Waiting {
  readonly at: number;
  readonly bytes: Uint8Array;
}

export class Register {
  readonly #file: File;
  #end: number;
  /** Noted, and not written yet. */
  #waiting: Waiting[] = [];
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown;

  private constructor(file: File, end: number) {
    this.#file = file;
    this.#end = end;
  }

  /** Goes on behind what is there. */
  static async open(fs: FileSystem, path: string): Promise<Register> {
    const file = await fs.open(path);
    return new Register(file, aligned(await file.size()));
  }

  /** One frame's outline. Whether it failed, the next call of `settled` or `sync` says. */
  note(sequence: number, outline: Uint8Array): void {
    const at = this.#end;
    const { bytes } = encodeFrame(outline, { at, sequence, chain: 0, kind: "record" });
    this.#end += bytes.length;
    this.#waiting.push({ at, bytes });
    this.#writing = this.#writing.then(() => this.#writeWaiting());
  }

  /** After what was noted is written, or waits for room. Rejects where the disk failed. */
  async settled(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined && !isNoSpace(this.#failure)) throw this.#failure;
  }

  /** Rejects where something still waits for room, too. */
  async sync(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeWaiting());
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
    await this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #writeWaiting(): Promise<void> {
    try {
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        await this.#file.write(next.at, next.bytes);
        this.#waiting.shift();
      }
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error;
    }
  }
}
