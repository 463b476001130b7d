// What becomes of a node's files while nobody looks, within what is promised: one damaged disk at
// a time, while a majority of others holds all that is committed; and no loss of power before it is
// found, since of what was not synced the second copy may be lost too.

import type { Prng } from "../../../std/prng.ts";
import type { Place } from "./place.ts";

export interface Damage {
  readonly random: Prng;
  readonly mark: (what: string) => void;
}

const LOG = /^data\/log\/\d+\.(seg|reg)$/;
const BODY = /^data\/snapshots\/\d+\.body$/;

/** Of a node that does not run: a byte of its log, or one of each of its snapshots. */
export function rotten(place: Place, { mark, random }: Damage): void {
  const { disk } = place;
  const bodies = disk.paths().filter((path) => BODY.test(path));
  const logs = disk.paths().filter((path) => LOG.test(path));
  const isOfBodies = bodies.length > 0 && random.chance(0.7);
  const [first, ...others] = isOfBodies ? bodies : logs;
  if (first === undefined) return;
  const hit = isOfBodies && random.chance(0.5) ? bodies : [random.pick([first, ...others])];
  for (const path of hit) disk.rot(path, random.below(usedBytes(disk.bytes(path))));
  place.isDamaged = true;
  if (!isOfBodies) mark("the log of a node rots");
  else mark(hit.length === bodies.length ? "all snapshots of a node rot" : "a snapshot rots");
}

/** But for the zeros at its end, which nobody has written to yet. */
const usedBytes = (bytes: Uint8Array): number =>
  Math.max(1, bytes.findLastIndex((byte) => byte !== 0) + 1);

/** Of a node that runs: the next frame of its log. */
export function misdirected(place: Place, onDone: () => void): void {
  place.disk.misdirectNext({
    isMeant: (path) => path.endsWith(".seg"),
    mayHit: (path) => LOG.test(path),
    onDone,
  });
}
