// One seed of the disk profile: the real log on a disk whose power goes at any moment, whose calls
// fail or take seconds, which fills up, whose bytes rot, and which writes to the wrong place. After
// each restart: what was done is there; what was under way is there or not; what is not what was
// written is found.

import { RaftoralError } from "../../../errors.ts";
import type { Prng } from "../../../std/prng.ts";
import { openDiskLogStore } from "../../../storage/disk/disk-log-store.ts";
import type { LogStore, StorageFailure } from "../../../storage/port.ts";
import { Simulator } from "../simulator.ts";
import { type Misdirected, VirtualDisk } from "../virtual-files.ts";
import { BLANK, type Held, heldBy, shown } from "./held.ts";
import { type Act, act, isCut, type Step, Steps } from "./steps.ts";

const DIRECTORY = "log";
/** What a call of a slow disk takes, and for how long at most it is slow. */
const SLOW_MS = [500, 3_000] as const;
const SLOW_FOR_MS = 20_000;
const SLOW_MARK = "a call takes seconds";
const MISDIRECTED_MARK = "a write goes to the wrong place";
const STRAY_MARK = "the power goes before the outline of a frame in the wrong place is safe";
const FATAL_MARK = "a write goes to the wrong place, and what it hits has no copy";

/** What some hundreds of seeds of the disk profile must have gone through. */
export const DISK_MARKS: readonly string[] = [
  "a byte rots",
  SLOW_MARK,
  "a disk nearly full takes it",
  "a full disk refuses",
  "a sync fails",
  "a write fails",
  MISDIRECTED_MARK,
  FATAL_MARK,
  STRAY_MARK,
  "cut",
  "damage found",
  "entries are mended",
  "power cut after a save",
  "power cut during a save",
  "snapshot",
];

export interface DiskReport {
  readonly seed: number;
  readonly violations: readonly { readonly law: string; readonly detail: string }[];
  readonly marks: ReadonlySet<string>;
  readonly entries: number;
  readonly hash: string;
}

export async function simulateDisk(seed: number): Promise<DiskReport> {
  return await new DiskSimulation(seed).go();
}

class DiskSimulation {
  readonly #sim: Simulator;
  readonly #random: Prng;
  readonly #disk: VirtualDisk;
  readonly #segmentBytes: number;
  readonly #rots: boolean;
  readonly #fails: boolean;
  readonly #fills: boolean;
  readonly #misdirects: boolean;
  readonly #isSlowAtTimes: boolean;
  readonly #steps: Steps;
  readonly #marks = new Set<string>();
  readonly #violations = new Map<string, string>();
  #held: Held = BLANK;
  #saves = 0;
  /** Until then each call takes very long. */
  #slowUntilMs = 0;
  #isOver = false;

  constructor(seed: number) {
    this.#sim = new Simulator({ seed });
    this.#random = this.#sim.random("workload");
    this.#disk = new VirtualDisk(this.#sim.random("disk"));
    const swarm = this.#sim.random("swarm");
    this.#segmentBytes = swarm.pick([1_024, 4_096, 65_536]);
    this.#rots = swarm.chance(0.3);
    this.#fails = swarm.chance(0.3);
    this.#fills = swarm.chance(0.3);
    this.#misdirects = swarm.chance(0.3);
    this.#isSlowAtTimes = swarm.chance(0.3);
    this.#steps = new Steps(this.#random, (what) => this.#marks.add(what));
  }

  async go(): Promise<DiskReport> {
    try {
      let store = await this.#open();
      const rounds = 20 + this.#random.below(60);
      for (let i = 0; i < rounds && store !== undefined && this.#violations.size === 0; i++) {
        store = await this.#round(store);
      }
    } catch (error) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#violation("nothing throws", detail);
    }
    return {
      seed: this.#sim.seed,
      violations: [...this.#violations].map(([law, detail]) => ({ law, detail })),
      marks: this.#marks,
      entries: this.#saves,
      hash: this.#sim.traceHash,
    };
  }

  #violation(law: string, detail: string): void {
    if (!this.#violations.has(law)) this.#violations.set(law, detail);
  }

  /** undefined: damage was found, and nothing is left to do. */
  async #open(): Promise<LogStore | undefined> {
    const random = this.#sim.random(`latency ${this.#saves}`);
    const fs = this.#disk.mount({
      set: (delayMs, fn) => this.#sim.timers.set(delayMs, fn),
      defer: (fn) => void this.#sim.timers.set(this.#latencyMs(random), fn),
    });
    const options = { fs, directory: DIRECTORY, segmentBytes: this.#segmentBytes };
    try {
      return await this.#sim.drive(openDiskLogStore(options));
    } catch (error) {
      if (!(error instanceof RaftoralError && error.code === "log-damaged")) throw error;
      this.#marks.add("damage found");
      if (!this.#isOver) this.#violation("what was not damaged opens", error.message);
      return;
    }
  }

  #latencyMs(random: Prng): number {
    if (this.#sim.nowMs >= this.#slowUntilMs) return random.below(4);
    this.#marks.add(SLOW_MARK);
    return SLOW_MS[0] + random.below(SLOW_MS[1] - SLOW_MS[0]);
  }

  /** What was begun beside a save, or refused, has come to its end. */
  async #settled(): Promise<void> {
    const waitMs = this.#sim.nowMs < this.#slowUntilMs ? 20 * SLOW_MS[1] : 20;
    await this.#sim.runUntil(this.#sim.nowMs + waitMs);
  }

  async #round(store: LogStore): Promise<LogStore | undefined> {
    const step = this.#steps.after(this.#held);
    if (this.#isSlowAtTimes && this.#random.chance(0.1)) {
      this.#slowUntilMs = this.#sim.nowMs + this.#random.below(SLOW_FOR_MS);
    }
    const dice = this.#random.below(100);
    if (dice < 60) return await this.#completed(store, step);
    if (dice < 63 && this.#fails) return await this.#failing(store, step);
    if (dice < 66 && this.#fails) return await this.#failingCall(store, step);
    if (dice < 70 && this.#rots) return await this.#rotten();
    if (dice >= 70 && dice < 80 && this.#fills) return await this.#full(store, step);
    if (dice >= 80 && dice < 85 && this.#misdirects) return await this.#misdirected(store, step);
    return await this.#cut(store, step);
  }

  async #completed(store: LogStore, { what, after }: Step): Promise<LogStore> {
    let failure = await this.#sim.drive(this.#save(store, what));
    // A spare that was begun while the disk was full is refused late: the same is tried again.
    if (failure?.reason === "no-space") failure = await this.#sim.drive(this.#save(store, what));
    if (failure !== undefined) this.#violation("a whole disk takes a save", failure.reason);
    this.#held = after;
    this.#compare(store, [after], "a save that was done can be read");
    return store;
  }

  #save(store: LogStore, what: Act): Promise<StorageFailure | undefined> {
    this.#saves++;
    return new Promise((resolve) => act(store, what, resolve));
  }

  /** The power goes while the save is under way, or before or just after it. */
  async #cut(store: LogStore, { what, after }: Step): Promise<LogStore | undefined> {
    let isDone = false;
    this.#saves++;
    act(store, what, (failure) => {
      // A spare begun while the disk was full is refused late: the same may be tried again.
      isDone = failure === undefined;
    });
    await this.#sim.runUntil(this.#sim.nowMs + this.#random.below(25));
    this.#marks.add(isDone ? "power cut after a save" : "power cut during a save");
    this.#disk.powerCut();
    const again = await this.#open();
    if (again === undefined) return;
    const allowed = isDone ? [after] : [this.#held, after];
    this.#compare(again, allowed, "whatever the power does, what was done is there");
    this.#held = heldBy(again);
    return again;
  }

  /** A sync fails once; the disk then says that all is well, and has lost it. */
  async #failing(store: LogStore, { what, after }: Step): Promise<LogStore | undefined> {
    this.#marks.add("a sync fails");
    this.#disk.nextSyncFails = true;
    const failure = await this.#sim.drive(this.#save(store, what));
    const hasFailed = !this.#disk.nextSyncFails;
    this.#disk.nextSyncFails = false;
    // It may have been that of a file made for later: then the next save hears of it.
    if (failure === undefined) this.#held = after;
    const second = await this.#sim.drive(this.#save(store, what));
    if (hasFailed && second === undefined) {
      this.#violation("nothing is done after a failed sync", "a save");
    }
    this.#disk.powerCut();
    const again = await this.#open();
    if (again === undefined) return;
    this.#compare(again, [this.#held, after], "a failed sync takes nothing that was done");
    this.#held = heldBy(again);
    return again;
  }

  /** Any call fails, of the save or of what goes on beside it: no later one is done. */
  async #failingCall(store: LogStore, { what, after }: Step): Promise<LogStore | undefined> {
    let left = this.#random.below(10);
    const failed: string[] = [];
    this.#disk.fails = ({ call }) => {
      if (failed.length > 0 || left-- > 0) return false;
      failed.push(call);
      return true;
    };
    const first = await this.#sim.drive(this.#save(store, what));
    if (first === undefined) this.#held = after;
    const hasFailed = failed.length > 0;
    const second = await this.#sim.drive(this.#save(store, what));
    if (hasFailed) this.#marks.add(`a ${failed[0]} fails`);
    if (hasFailed && second === undefined)
      this.#violation("a failed call is the last", `${failed}`);
    this.#disk.fails = () => false;
    this.#disk.powerCut();
    const again = await this.#open();
    if (again === undefined) return;
    this.#compare(again, [this.#held, after], "a failed call takes nothing that was done");
    this.#held = heldBy(again);
    return again;
  }

  /** There is room for a part of it, if for that: it is refused, or done; later it is done. */
  async #full(store: LogStore, { what, after }: Step): Promise<LogStore | undefined> {
    this.#disk.capacityBytes = this.#disk.usedBytes + this.#random.below(2 * this.#segmentBytes);
    const failure = await this.#sim.drive(this.#save(store, what));
    if (failure !== undefined && failure.reason !== "no-space") {
      this.#violation("a full disk has not failed", failure.reason);
    }
    this.#marks.add(failure === undefined ? "a disk nearly full takes it" : "a full disk refuses");
    const law = "what a full disk refuses changes nothing";
    this.#compare(store, [failure === undefined ? after : this.#held], law);
    if (failure === undefined) this.#held = after;
    let next: LogStore | undefined = store;
    // A cut that was refused may be there all the same at the next start: it loses nothing.
    if (this.#random.chance(0.4) || isCut(what)) {
      this.#disk.powerCut();
      next = await this.#open();
      if (next === undefined) return;
      // A cut says no more than what is held says too.
      this.#compare(next, isCut(what) ? [this.#held, after] : [this.#held], law);
      this.#held = heldBy(next);
    }
    this.#disk.capacityBytes = Number.POSITIVE_INFINITY;
    if (failure === undefined || isCut(what)) return next;
    // A spare that was begun while it was full is refused first.
    await this.#settled();
    return await this.#completed(next, { what, after });
  }

  /**
   * A byte of what was safe changes while nobody looks. Where its outline is left, the entries that
   * it hit are known: the others have them.
   */
  async #rotten(): Promise<LogStore | undefined> {
    await this.#settled();
    if (this.#random.chance(0.7)) this.#disk.processDies();
    else {
      this.#disk.powerCut();
      this.#isOver = true;
    }
    const paths = this.#disk.paths().filter((path) => !path.endsWith(".tmp"));
    const path = paths[this.#random.below(Math.max(1, paths.length))];
    const size = path === undefined ? 0 : this.#disk.size(path);
    if (path === undefined || size === 0) return await this.#open();
    this.#marks.add("a byte rots");
    this.#disk.rot(path, this.#random.below(size));
    const isElsewhere = !/\.(seg|reg)$/.test(path);
    this.#isOver ||= isElsewhere;
    const again = await this.#open();
    if (again === undefined) return;
    if (again.faulty.length > 0) await this.#mend(again);
    this.#compare(again, [this.#held], "rot is found, or does no harm");
    // With two damages at once nothing is promised.
    return this.#isOver ? undefined : again;
  }

  /**
   * A write goes to a place that is not its own: nothing is where it was meant, and what was there
   * is gone. Both are found. Frames and their outlines lie apart: one of the two is left.
   *
   * Where the power goes before the outline is safe, of what was hit nothing may be left, and it is
   * refused; what is nowhere in the log's files nobody finds (docs/decisions/0018).
   */
  async #misdirected(store: LogStore, step: Step): Promise<LogStore | undefined> {
    let done: Misdirected | undefined;
    this.#disk.misdirectNext({
      isMeant: () => true,
      mayHit: () => true,
      onDone: (misdirected) => {
        done = misdirected;
      },
    });
    await this.#completed(store, step);
    await this.#settled();
    this.#disk.misdirectNext(undefined);
    const isStray = done !== undefined && isInLog(done) && this.#random.chance(0.4);
    if (isStray) this.#disk.powerCut();
    else this.#disk.processDies();
    this.#isOver = isStray || (done !== undefined && isFatal(done));
    const fate = isStray ? STRAY_MARK : this.#isOver ? FATAL_MARK : MISDIRECTED_MARK;
    if (done !== undefined) this.#marks.add(fate);
    const again = await this.#open();
    if (again === undefined) return;
    if (again.faulty.length > 0) await this.#mend(again);
    this.#compare(again, [this.#held], "a write in the wrong place is found, or does no harm");
    return this.#isOver ? undefined : again;
  }

  async #mend(store: LogStore): Promise<void> {
    this.#marks.add("entries are mended");
    const places = store.faulty.map(({ index: at }) => at);
    const found = this.#held.log.filter((one) => places.includes(one.index));
    const isKnown = found.every((one, i) => store.faulty[i]?.accepts(one) === true);
    if (!isKnown || found.length !== places.length) {
      this.#violation("what rotted is known for what it was", JSON.stringify(places));
      this.#isOver = true;
      return;
    }
    const done = new Promise<StorageFailure | undefined>((resolve) => {
      store.mend({ entries: found }, resolve);
    });
    const failure = await this.#sim.drive(done);
    if (failure !== undefined) this.#violation("a whole disk takes what mends it", failure.reason);
  }

  #compare(store: LogStore, allowed: readonly Held[], law: string): void {
    const found = shown(heldBy(store));
    if (allowed.some((one) => shown(one) === found)) return;
    this.#violation(law, `${found} is none of ${JSON.stringify(allowed.map(shown))}`);
  }
}

/** A frame that went to where frames and outlines are. */
const isInLog = ({ hit, meant }: Misdirected): boolean =>
  meant.endsWith(".seg") && /\.(seg|reg)$/.test(hit);

/**
 * It may have hit what there is one copy of, or both copies of the same; or left, behind the last
 * frame, what may have been one.
 */
function isFatal({ hit, isOverlapping, meant }: Misdirected): boolean {
  const isOnlyCopy = [meant, hit].some((path) => /snap|vote/.test(path));
  const isOfBoth = meant.endsWith(".reg") && hit.endsWith(".seg");
  return isOnlyCopy || isOfBoth || isOverlapping;
}
