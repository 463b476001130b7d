// One seed of the disk profile: the real log on a disk whose power goes at any moment, whose calls
// fail, which fills up, and whose bytes rot. After each restart: what was done is there; what was
// under way is there or not; what rotted is found.
import { RaftoralError } from "../../../errors.ts";
import type { Entry, Snapshot } from "../../../raft/types.ts";
import { index, nodeId, term } from "../../../std/ids.ts";
import type { Prng } from "../../../std/prng.ts";
import { openDiskLogStore } from "../../../storage/disk/disk-log-store.ts";
import type { LogStore, Save, StorageFailure } from "../../../storage/port.ts";
import { Simulator } from "../simulator.ts";
import { VirtualDisk } from "../virtual-files.ts";

const DIRECTORY = "log";

export interface DiskReport {
  readonly seed: number;
  readonly violations: readonly { readonly law: string; readonly detail: string }[];
  readonly marks: ReadonlySet<string>;
  readonly entries: number;
  readonly hash: string;
}

/** What is asked of a store at once. */
type Act = Save | { readonly cut: Snapshot };

/** What a store holds, as far as the laws go. */
interface Held {
  readonly term: number;
  readonly vote: number;
  readonly commit: number;
  readonly snapshotAt: number;
  readonly log: readonly Entry[];
}

const BLANK: Held = { term: 0, vote: 0, commit: 0, snapshotAt: 0, log: [] };

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
  readonly #marks = new Set<string>();
  readonly #violations = new Map<string, string>();
  #held: Held = BLANK;
  #saves = 0;
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
      defer: (fn) => void this.#sim.timers.set(random.below(4), fn),
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

  async #round(store: LogStore): Promise<LogStore | undefined> {
    const { what, after } = this.#next();
    const dice = this.#random.below(100);
    if (dice < 60) return await this.#completed(store, what, after);
    if (dice < 63 && this.#fails) return await this.#failing(store, what, after);
    if (dice < 66 && this.#fails) return await this.#failingCall(store, what, after);
    if (dice >= 70 && dice < 80 && this.#fills) return await this.#full(store, what, after);
    if (dice < 70 && this.#rots) return await this.#rotten();
    return await this.#cut(store, what, after);
  }

  async #completed(store: LogStore, what: Act, after: Held): Promise<LogStore> {
    const failure = await this.#sim.drive(this.#save(store, what));
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
  async #cut(store: LogStore, what: Act, after: Held): Promise<LogStore | undefined> {
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
  async #failing(store: LogStore, what: Act, after: Held): Promise<LogStore | undefined> {
    this.#marks.add("a sync fails");
    this.#disk.nextSyncFails = true;
    const failure = await this.#sim.drive(this.#save(store, what));
    this.#disk.nextSyncFails = false;
    // It may have been that of a file made for later: then the next save hears of it.
    if (failure === undefined) this.#held = after;
    const second = await this.#sim.drive(this.#save(store, what));
    if (second === undefined) this.#violation("nothing is done after a failed sync", "a save");
    this.#disk.powerCut();
    const again = await this.#open();
    if (again === undefined) return;
    this.#compare(again, [this.#held, after], "a failed sync takes nothing that was done");
    this.#held = heldBy(again);
    return again;
  }

  /** Any call fails, of the save or of what goes on beside it: no later one is done. */
  async #failingCall(store: LogStore, what: Act, after: Held): Promise<LogStore | undefined> {
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
  async #full(store: LogStore, what: Act, after: Held): Promise<LogStore | undefined> {
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
    if (this.#random.chance(0.4) || "cut" in what) {
      this.#disk.powerCut();
      next = await this.#open();
      if (next === undefined) return;
      // A cut says no more than what is held says too.
      this.#compare(next, "cut" in what ? [this.#held, after] : [this.#held], law);
      this.#held = heldBy(next);
    }
    this.#disk.capacityBytes = Number.POSITIVE_INFINITY;
    if (failure === undefined || "cut" in what) return next;
    // A spare that was begun while it was full is refused first.
    await this.#sim.runUntil(this.#sim.nowMs + 20);
    return await this.#completed(next, what, after);
  }

  /**
   * A byte of what was safe changes while nobody looks. Where its outline is left, the entries that
   * it hit are known: the others have them.
   */
  async #rotten(): Promise<LogStore | undefined> {
    await this.#sim.runUntil(this.#sim.nowMs + 20);
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

  #next(): { readonly what: Act; readonly after: Held } {
    const random = this.#random;
    const held = this.#held;
    const isTerm = random.chance(0.25);
    const ofTerm = held.term + (isTerm ? 1 + random.below(2) : 0);
    const vote = isTerm ? random.below(4) : held.vote;
    const last = held.snapshotAt + held.log.length;
    if (random.chance(0.06)) return this.#snapshot({ ofTerm, vote, last });
    if (held.log.length > 0 && random.chance(0.1)) return this.#compaction(held);
    const from = held.snapshotAt + 1 + random.below(held.log.length + 1);
    const bytes = random.chance(0.1) ? random.below(5_000) : random.below(200);
    const entries = Array.from(
      { length: random.below(5) },
      (_, i): Entry => ({
        index: index(from + i),
        term: term(ofTerm),
        kind: "normal",
        data: new Uint8Array(bytes).fill(random.chance(0.5) ? 0 : 9),
      }),
    );
    const kept = held.log.slice(0, from - held.snapshotAt - 1);
    const log = entries.length === 0 ? held.log : [...kept, ...entries];
    const commit = random.below(last + 1);
    const after = { ...held, term: ofTerm, vote, commit, log };
    const hardState = { term: term(ofTerm), vote: nodeId(vote), commit: index(commit) };
    return { what: { hardState, entries }, after };
  }

  #snapshot(now: { ofTerm: number; vote: number; last: number }): {
    readonly what: Save;
    readonly after: Held;
  } {
    const { ofTerm, vote, last } = now;
    this.#marks.add("snapshot");
    const at = last + 1 + this.#random.below(10);
    const snapshot = this.#snapshotAt(at, ofTerm);
    const after = { term: ofTerm, vote, commit: at, snapshotAt: at, log: [] };
    const hardState = { term: term(ofTerm), vote: nodeId(vote), commit: index(at) };
    return { what: { hardState, entries: [], snapshot }, after };
  }

  /** Of what is there, a beginning goes. */
  #compaction(held: Held): { readonly what: Act; readonly after: Held } {
    this.#marks.add("cut");
    const gone = 1 + this.#random.below(held.log.length);
    const at = held.snapshotAt + gone;
    const cut = this.#snapshotAt(at, held.log[gone - 1]?.term ?? held.term);
    // What a snapshot holds is committed.
    const commit = Math.max(held.commit, at);
    return { what: { cut }, after: { ...held, commit, snapshotAt: at, log: held.log.slice(gone) } };
  }

  #snapshotAt(at: number, ofTerm: number): Snapshot {
    return {
      index: index(at),
      term: term(ofTerm),
      confState: {
        voters: [nodeId(1)],
        votersOutgoing: [],
        learners: [],
        learnersNext: [],
        autoLeave: false,
      },
      data: new Uint8Array(this.#random.below(3_000)).fill(3),
    };
  }
}

function act(store: LogStore, what: Act, done: (failure?: StorageFailure) => void): void {
  if ("cut" in what) store.cut(what.cut, done);
  else store.save(what, done);
}

const shown = ({ log, ...rest }: Held): string => JSON.stringify({ ...rest, log: log.map(named) });

const named = ({ index: at, term: ofTerm, data }: Entry): string =>
  `${at}@${ofTerm}:${data.length}:${data[0] ?? ""}`;

function heldBy(store: LogStore): Held {
  const { hardState } = store.initialState();
  const [first, last] = [store.firstIndex(), store.lastIndex()];
  const read = store.entries(first, index(last + 1), Number.POSITIVE_INFINITY);
  const log = last >= first && read.ok ? read.value : [];
  const { term: ofTerm, vote, commit } = hardState;
  return { term: ofTerm, vote, commit, snapshotAt: first - 1, log };
}
