// Frames that a disk wrote to a wrong place, of those that nothing else tells of.
//
// The outline of a frame is not waited for: where the power goes before that is safe, the last
// frame is known by its own bytes alone. If those went astray, it is as if it had never been begun.
// They are looked for in all files of the log: number and chain tell that it is this frame and no
// other. What went elsewhere on the disk nobody finds (docs/decisions/0018).

import {
  FRAME_MAGIC,
  type FrameHeader,
  frameBytes,
  HEADER_BYTES,
  readHeader,
  readPayload,
} from "./frame.ts";

export interface Stray extends FrameHeader {
  readonly at: number;
  /** undefined: there is its header, and not what that vouches for. */
  readonly payload: Uint8Array | undefined;
}

/** `places`: where the frames begin that are in their own. */
export function straysIn(
  bytes: Uint8Array,
  places: ReadonlySet<number> = new Set(),
): readonly Stray[] {
  const strays: Stray[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const header = view.getUint32(at, true) === FRAME_MAGIC ? readHeader(bytes, at) : undefined;
    const payload = header && readPayload(bytes, at, header);
    if (header !== undefined && !places.has(at)) strays.push({ ...header, at, payload });
    at += payload === undefined ? HEADER_BYTES : frameBytes(payload.length);
  }
  return strays;
}

/** Those that go on from a number and chain; the last may be one of which the payload is gone. */
export function following(
  strays: readonly Stray[],
  { chain, sequence }: { readonly chain: number; readonly sequence: number },
): readonly Stray[] {
  const found: Stray[] = [];
  let next: Pick<Stray, "checksum" | "sequence"> = { checksum: chain, sequence: sequence - 1 };
  for (;;) {
    const { checksum, sequence: last } = next;
    const all = strays.filter((one) => one.sequence === last + 1 && one.chain === checksum);
    const stray = all.find(({ payload }) => payload !== undefined) ?? all[0];
    if (stray !== undefined) found.push(stray);
    if (stray?.payload === undefined) return found;
    next = stray;
  }
}
