// Term and vote in two slots of one sector each, written one after the other: whatever the power
// does to one of them, the other holds the last that was promised, or the one before that nobody
// relied on. Both damaged: nobody knows what this member voted, so it must not vote again.

import { crc32 } from "node:zlib";
import type { NodeId, Term } from "../../std/ids.ts";
import { nodeId, term } from "../../std/ids.ts";
import type { File } from "./file-system.ts";
import { isZero, SECTOR_BYTES } from "./frame.ts";

export interface Vote {
  readonly term: Term;
  readonly vote: NodeId;
}

const MAGIC = 0x31565452;
const BYTES = 32;
const TWO_32 = 0x1_0000_0000;

export type FoundVote =
  | { readonly kind: "none" }
  | { readonly kind: "found"; readonly vote: Vote }
  | { readonly kind: "rotten" };

export async function readVote(file: File): Promise<FoundVote> {
  const bytes = await file.read(0, 2 * SECTOR_BYTES);
  const slots = [0, SECTOR_BYTES].map((at) => decodeSlot(bytes, at));
  const whole = slots.filter((slot) => typeof slot === "object").sort(newestFirst);
  const [newest] = whole;
  if (newest !== undefined) return { kind: "found", vote: newest };
  // Nothing was ever promised: the first slot was torn while it was first written, or not begun.
  return { kind: slots.includes("damaged") && slots[1] !== "blank" ? "rotten" : "none" };
}

const newestFirst = (a: Vote, b: Vote): number => b.term - a.term || b.vote - a.vote;

/** Both slots, blank: a disk that is full later has room for them. */
export async function layOut(file: File): Promise<void> {
  await file.write(0, new Uint8Array(2 * SECTOR_BYTES));
  await file.sync();
}

/** Settles when both slots hold it. */
export async function writeVote(file: File, vote: Vote): Promise<void> {
  const slot = encodeSlot(vote);
  await file.write(0, slot);
  await file.sync();
  await file.write(SECTOR_BYTES, slot);
  await file.sync();
}

function encodeSlot(vote: Vote): Uint8Array {
  const bytes = new Uint8Array(SECTOR_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  setUint53(view, 8, vote.term);
  setUint53(view, 16, vote.vote);
  view.setUint32(28, crc32(bytes.subarray(0, 28)), true);
  return bytes;
}

function decodeSlot(bytes: Uint8Array, at: number): Vote | "blank" | "damaged" {
  const slot = bytes.subarray(at, at + BYTES);
  if (isZero(slot, 0, slot.length)) return "blank";
  if (slot.length < BYTES) return "damaged";
  const view = new DataView(slot.buffer, slot.byteOffset, BYTES);
  const isWhole =
    view.getUint32(0, true) === MAGIC && view.getUint32(28, true) === crc32(slot.subarray(0, 28));
  if (!isWhole) return "damaged";
  return { term: term(getUint53(view, 8)), vote: nodeId(getUint53(view, 16)) };
}

function setUint53(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % TWO_32, true);
  view.setUint32(at + 4, Math.floor(value / TWO_32), true);
}

const getUint53 = (view: DataView, at: number): number =>
  view.getUint32(at, true) + view.getUint32(at + 4, true) * TWO_32;
