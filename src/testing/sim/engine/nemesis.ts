// Everything bad that befalls whole nodes, each kind at its own pace, as long as the faults last.

import type { RunningNode } from "../../../node/running-node.ts";
import type { Prng } from "../../../std/prng.ts";
import type { MemoryNetwork } from "../../../transport/memory.ts";
import type { Simulator } from "../simulator.ts";
import { misdirected, rotten } from "./damage.ts";
import type { Place, Process } from "./place.ts";
import type { EngineSwarm } from "./swarm.ts";

export interface NemesisParts {
  readonly sim: Simulator;
  readonly swarm: EngineSwarm;
  readonly network: MemoryNetwork;
  readonly places: readonly Place[];
  readonly isCalm: () => boolean;
  /** Looks at a node, for the last time in this life perhaps. */
  readonly look: (place: Place) => void;
  /** Starts it again, if it is wanted. */
  readonly restart: (place: Place) => void;
  /** All others hold what is committed, and there are enough of them. */
  readonly mayDamage: (place: Place) => boolean;
  readonly mark: (what: string) => void;
}

const DOWN_MAX_MS = 2_500;
const PAUSED_MAX_MS = 4_000;
const DRAIN_MS = 500;
const FULL_MAX_MS = 4_000;
const SLOW_MAX_MS = 6_000;
const CUT_MAX_MS = 1_500;
/** After which both copies of a frame are written, unless the disk is slow. */
const SETTLED_MS = 100;
/** The first fault comes at the latest when so much of the time is over. */
const LATEST = 0.8;

export class Nemesis {
  /** Faults that could make an effect body run once more than it is committed. */
  ownersLost = 0;
  injected = 0;
  readonly #parts: NemesisParts;
  readonly #random: Prng;

  constructor(parts: NemesisParts) {
    this.#parts = parts;
    this.#random = parts.sim.random("nemesis");
  }

  begin(): void {
    const { network, swarm } = this.#parts;
    const { faults } = swarm;
    network.setConditions(swarm.network);
    this.#every(faults.killMs, () => this.#die("a process is killed", (place) => place.kill()));
    this.#every(faults.powerCutMs, () =>
      this.#die("the power of one goes", (place) => place.powerCut()),
    );
    this.#every(faults.powerLossMs, () => this.#powerLoss());
    this.#every(faults.pauseMs, () => this.#pause());
    if (swarm.thread !== undefined) this.#every(faults.blockMs, () => this.#block());
    this.#every(faults.partitionMs, () => this.#partition());
    this.#every(faults.oneWayCutMs, () => this.#oneWayCut());
    this.#every(faults.syncFailureMs, () => this.#failSync());
    this.#every(faults.fullMs, () => this.#fill());
    this.#every(faults.slowMs, () => this.#slow());
    this.#every(faults.rotMs, () => this.#rot());
    this.#every(faults.misdirectMs, () => this.#misdirect());
    this.#every(faults.goodbyeMs, () => this.#goodbye());
    this.#every(faults.leaveMs, () => this.#leave());
    if (swarm.isControl) return;
    // A seed that nothing befell shows nothing.
    this.#parts.sim.timers.set(swarm.faultsMs * LATEST, () => {
      if (this.injected === 0) this.#die("a process is killed", (place) => place.kill());
    });
  }

  /** Just after it has said something. */
  lastWord(place: Place): void {
    this.#end(place, "a process dies after its last word", () => place.powerCut());
  }

  #did(what: string): void {
    this.#parts.mark(what);
    this.injected++;
  }

  #every(meanMs: number, act: () => void): void {
    if (meanMs === 0) return;
    const { isCalm, sim } = this.#parts;
    sim.timers.set(1 + this.#random.below(2 * meanMs), () => {
      if (isCalm()) return;
      act();
      this.#every(meanMs, act);
    });
  }

  #any(): Place | undefined {
    const there = this.#parts.places.filter(({ process }) => process !== undefined);
    return there[this.#random.below(Math.max(1, there.length))];
  }

  #die(what: string, act: (place: Place) => void): void {
    const place = this.#any();
    if (place !== undefined) this.#end(place, what, () => act(place));
  }

  #end(place: Place, what: string, act: () => void): void {
    if (place.isUnsettled) return;
    this.#did(what);
    this.ownersLost++;
    this.#parts.look(place);
    act();
    this.restartLater(place);
  }

  restartLater(place: Place): void {
    const { restart, sim } = this.#parts;
    sim.timers.set(1 + this.#random.below(DOWN_MAX_MS), () => restart(place));
  }

  #damageable(): Place | undefined {
    const { look, mayDamage, places } = this.#parts;
    for (const place of places) look(place);
    const there = places.filter((place) => place.process?.isReady === true && mayDamage(place));
    return there[this.#random.below(Math.max(1, there.length))];
  }

  #rot(): void {
    const { mark } = this.#parts;
    const place = this.#damageable();
    if (place === undefined) return;
    this.#end(place, "a process is killed", () => place.kill());
    rotten(place, { mark, random: this.#random });
  }

  /** It is found at the next start, which comes soon: what was sent must have been safe. */
  #misdirect(): void {
    const { sim, swarm } = this.#parts;
    const { disk, faults } = swarm;
    const place = this.#damageable();
    if (place === undefined || disk.stall + faults.slowMs > 0) return;
    const { process } = place;
    misdirected(place, () => {
      this.#did("a write of a node goes to the wrong place");
      place.isDamaged = true;
      place.isUnsettled = true;
      sim.timers.set(SETTLED_MS, () => {
        place.isUnsettled = false;
        if (place.process === process) this.#end(place, "a process is killed", () => place.kill());
      });
    });
  }

  #powerLoss(): void {
    const isOfAll = this.#random.chance(0.4);
    this.#parts.mark(isOfAll ? "the power of all goes" : "the power of several goes");
    for (const place of this.#parts.places) {
      if (place.process === undefined || !(isOfAll || this.#random.chance(0.6))) continue;
      this.#end(place, "the power goes", () => place.powerCut());
    }
  }

  #pause(): void {
    const place = this.#any();
    if (place?.process?.life.state !== "running") return;
    const { process } = place;
    this.#did("a process stands still");
    this.ownersLost++;
    place.pause();
    this.#parts.sim.timers.set(1 + this.#random.below(PAUSED_MAX_MS), () => {
      if (place.process === process) place.resume();
    });
  }

  #block(): void {
    const place = this.#any();
    const { process } = place ?? {};
    if (place === undefined || process?.userLife.state !== "running") return;
    this.#did("user code blocks");
    this.ownersLost++;
    place.block();
    this.#parts.sim.timers.set(1 + this.#random.below(PAUSED_MAX_MS), () => {
      if (place.process === process) place.unblock();
    });
  }

  #partition(): void {
    const { network, places } = this.#parts;
    network.heal();
    if (this.#random.chance(0.4)) return;
    this.#did("partition");
    this.ownersLost += places.length;
    const sides: [string[], string[]] = [[], []];
    for (const { name } of places) this.#random.pick(sides).push(name);
    network.partition(sides);
  }

  #oneWayCut(): void {
    const { network, places } = this.#parts;
    if (this.#random.chance(0.3)) network.heal();
    const deaf = this.#any();
    if (deaf === undefined) return;
    this.#did("one-way cut");
    this.ownersLost += places.length;
    for (const { name } of places) {
      if (name !== deaf.name && this.#random.chance(0.7)) network.cut(name, deaf.name);
    }
  }

  #failSync(): void {
    const place = this.#any();
    if (place === undefined) return;
    this.#did("a sync fails");
    this.ownersLost++;
    place.disk.nextSyncFails = true;
    place.isDiskBroken = true;
  }

  /** What is on it stays, and some more fits. */
  #fill(): void {
    const place = this.#any();
    if (place === undefined || Number.isFinite(place.disk.capacityBytes)) return;
    this.#did("a disk fills up");
    this.ownersLost++;
    const { sim, swarm } = this.#parts;
    place.wasFull = true;
    place.disk.capacityBytes = place.disk.usedBytes + this.#random.below(3 * swarm.segmentBytes);
    sim.timers.set(1 + this.#random.below(FULL_MAX_MS), () => place.emptied());
  }

  #slow(): void {
    const place = this.#any();
    if (place === undefined) return;
    this.#did("a disk is slow for a while");
    const { sim } = this.#parts;
    place.slowUntilMs = sim.nowMs + this.#random.below(SLOW_MAX_MS);
  }

  /** Over which a snapshot comes; it comes back by itself. */
  partCame(place: Place): void {
    const { network, places, sim, swarm } = this.#parts;
    if (!this.#random.chance(swarm.faults.streamCut)) return;
    this.#did("the link is cut while a snapshot comes");
    this.ownersLost += places.length;
    for (const { name } of places) {
      network.cut(name, place.name);
      network.cut(place.name, name);
    }
    sim.timers.set(1 + this.#random.below(CUT_MAX_MS), () => network.heal());
  }

  /** As a deployment does it. */
  #goodbye(): void {
    const place = this.#any();
    const { process } = place ?? {};
    if (place === undefined || process?.running === undefined || !process.isReady) return;
    this.#did("a node says goodbye");
    this.ownersLost++;
    process.isReady = false;
    process.isGoing = true;
    process.running.stop(DRAIN_MS).then(
      () => this.#gone(place, process),
      () => this.#gone(place, process),
    );
  }

  #gone(place: Place, process: Place["process"]): void {
    if (place.process !== process) return;
    this.#parts.look(place);
    place.kill();
    this.restartLater(place);
  }

  #leave(): void {
    const { places } = this.#parts;
    const place = this.#any();
    const { process } = place ?? {};
    const stay = places.filter(({ hasLeft }) => !hasLeft).length;
    if (place === undefined || process?.running === undefined || !process.isReady) return;
    if (stay < 3) return;
    this.#did("a node leaves for ever");
    this.ownersLost++;
    process.isReady = false;
    process.isGoing = true;
    place.isLeaving = true;
    this.#untilLeft(place, process, process.running);
  }

  /** It asks again until it is out: before, the others count on it. */
  #untilLeft(place: Place, process: Process, running: RunningNode): void {
    running.leave(DRAIN_MS).then(
      () => {
        if (place.process !== process) return;
        this.#parts.mark("a node has left");
        place.hasLeft = true;
        this.#parts.look(place);
        place.kill();
      },
      () => {
        if (place.process !== process) return;
        this.#parts.mark("a node cannot leave yet");
        // It may have been told meanwhile that it is out, and have ended.
        process.isGoing = !["stopped", "failed"].includes(running.face.status().role);
        if (process.isGoing)
          this.#parts.sim.timers.set(DRAIN_MS, () => this.#untilLeft(place, process, running));
      },
    );
  }
}
