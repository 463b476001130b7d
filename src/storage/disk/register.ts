// A segment's register: an outline of each of its frames, in a file of its own beside it.
//
// An outline is written when its frame is durable, so it also tells a frame that was complete from
// one that never was. It is not waited for: one that is not safe yet costs an answer when its frame
// rots at the same time, never a frame. Each record vouches for itself, whatever is before it.

import type { File, FileSystem } from "./file-system.ts";
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
    const header = readHeader(bytes, at);
    const payload = header === undefined ? undefined : readPayload(bytes, at, header);
    if (header !== undefined && payload !== undefined) records.set(header.sequence, payload);
    at += payload === undefined ? HEADER_BYTES : frameBytes(payload.length);
  }
  return records;
}

export class Register {
  readonly #file: File;
  #at: number;
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown;

  private constructor(file: File, at: number) {
    this.#file = file;
    this.#at = at;
  }

  /** Goes on behind what is there. */
  static async open(fs: FileSystem, path: string): Promise<Register> {
    const file = await fs.open(path);
    return new Register(file, aligned(await file.size()));
  }

  /** One frame's outline. Whether it failed, the next call of `settled` or `sync` says. */
  note(sequence: number, outline: Uint8Array): void {
    const { bytes } = encodeFrame(outline, { at: this.#at, sequence, chain: 0 });
    const at = this.#at;
    this.#at += bytes.length;
    this.#writing = this.#writing
      .then(() => this.#file.write(at, bytes))
      .catch((error: unknown) => {
        this.#failure ??= error;
      });
  }

  /** After what was noted is written. Rejects as the disk does. */
  async settled(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async sync(): Promise<void> {
    await this.settled();
    await this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }
}
