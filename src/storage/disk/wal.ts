// The log's frames, one after the other, over segments.
//
// I1. One write at a time: the next one begins when the last one is durable. The caller sees to it.
// I2. What `open` gives was durable, in order, without a gap.
//     Damage that is no torn tail is an error.

import { RaftoralError } from "../../errors.ts";
import type { File, FileSystem } from "./file-system.ts";
import { encodeFrame, frameBytes, HEADER_BYTES } from "./frame.ts";
import { scan } from "./scan.ts";
import {
  commission,
  isSegment,
  makeSpare,
  readSegmentHeader,
  segmentName,
  startOf,
} from "./segment.ts";

const SPARE = "spare.tmp";

export interface WalParts {
  readonly fs: FileSystem;
  readonly directory: string;
  readonly segmentBytes: number;
}

interface Present {
  readonly file: File;
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
  #firstSequence: number | undefined;

  constructor(parts: WalParts) {
    this.#parts = parts;
  }

  /** Is the very first frame of all there, or was it let go, or lost? */
  get isFromTheStart(): boolean {
    return this.#firstSequence === undefined || this.#firstSequence === 1;
  }

  /** All payloads that are there, oldest first. @throws RaftoralError `log-damaged` */
  async open(): Promise<readonly Uint8Array[]> {
    const { fs, directory } = this.#parts;
    const names = (await fs.list(directory)).filter(isSegment);
    const payloads: Uint8Array[] = [];
    for (const [i, name] of names.entries()) {
      const isLast = i === names.length - 1;
      for (const payload of await this.#read(name, { isFirst: i === 0, isLast })) {
        payloads.push(payload);
      }
    }
    return payloads;
  }

  async #read(
    name: string,
    { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean },
  ): Promise<readonly Uint8Array[]> {
    const { fs, directory } = this.#parts;
    const file = await fs.open(`${directory}/${name}`);
    const bytes = await file.read(0, await file.size());
    const header = readSegmentHeader(bytes);
    const isChained =
      isFirst || (header?.sequence === this.#sequence && header.chain === this.#chain);
    if (header === undefined || !isChained || segmentName(header.sequence) !== name) {
      throw damaged(name, "its header");
    }
    this.#firstSequence ??= header.sequence;
    const found = scan(bytes, startOf(header), header.size);
    const { verdict, end } = found;
    if (verdict.kind === "rotten") throw damaged(name, `the frame at byte ${end}`);
    // Only the last segment was being written.
    if (verdict.kind === "torn" && !isLast) throw damaged(name, `the frame at byte ${end}`);
    if (verdict.kind === "torn") await clear(file, end, header.size);
    this.#sequence = found.sequence;
    this.#chain = found.chain;
    if (isLast) this.#present = { file, size: header.size, at: end };
    else await file.close();
    return found.frames.map(({ payload }) => payload);
  }

  /** Settles when it survives a loss of power. */
  async append(payload: Uint8Array): Promise<void> {
    if (this.#spareFailure !== undefined) throw this.#spareFailure;
    const need = frameBytes(payload.length);
    let present = this.#present;
    if (present === undefined || present.at + need > present.size) {
      present = await this.#rotate(need);
    }
    const { at, file } = present;
    const frame = encodeFrame(payload, { at, sequence: this.#sequence, chain: this.#chain });
    await file.write(at, frame.bytes);
    await file.sync();
    present.at += need;
    this.#sequence++;
    this.#chain = frame.checksum;
    if (present.at > present.size / 2) void this.#prepare();
  }

  /** From this payload on the log is read; what was before it goes. */
  async appendAnew(payload: Uint8Array): Promise<void> {
    const { fs, directory } = this.#parts;
    const before = (await fs.list(directory)).filter(isSegment);
    // One without a frame yet has the name that the new one takes.
    const present = segmentName(this.#sequence);
    await this.#rotate(frameBytes(payload.length));
    await this.append(payload);
    const old = before.filter((name) => name !== present);
    for (const name of old) await fs.unlink(`${directory}/${name}`);
    await fs.syncDirectory(directory);
  }

  async close(): Promise<void> {
    const spare = await this.#spare?.catch(() => undefined);
    await spare?.close();
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
    const header = { sequence: this.#sequence, chain: this.#chain, size };
    await commission(fs, { file, path }, { directory, header });
    this.#spare = undefined;
    await this.#present?.file.close();
    this.#present = { file, size, at: HEADER_BYTES };
    return this.#present;
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

const damaged = (name: string, what: string): RaftoralError =>
  new RaftoralError(
    "log-damaged",
    `${name}: ${what} is not what was written. This node must not go on as if it were not there: ` +
      "remove its directory and let it join anew",
  );
