// One seed of the engine profile: whole nodes as they are composed for users, on disks and a
// network that fail, with users and an outside world. First faults; then a bare majority must
// finish everything; then all come back, and nothing that was told may be missing anywhere.

import type { Prng } from "../../../std/prng.ts";
import { createMemoryNetwork, type MemoryNetwork } from "../../../transport/memory.ts";
import type { Workflow } from "../../../workflow/dsl/define.ts";
import type { Run } from "../../../workflow/machine/state.ts";
import { Simulator } from "../simulator.ts";
import { CHILD, TAME_CHILD } from "../workflow/grower.ts";
import { randomWorkflow } from "../workflow/program.ts";
import { CALM, isReady, statusOf } from "./calm.ts";
import { Clients } from "./clients.ts";
import { isExpectedEnd, isGivenUp } from "./ends.ts";
import { KeyedWorld } from "./keyed-world.ts";
import { checkEngine, isSettled } from "./laws.ts";
import { Nemesis } from "./nemesis.ts";
import { Observer } from "./observer.ts";
import { Place } from "./place.ts";
import { steady } from "./programs.ts";
import { chooseCore, loseForEver, mayDamage, type Survival } from "./survival.ts";
import { type EngineSwarm, engineSwarmOf } from "./swarm.ts";

const LOOK_MS = 50;
const STEP_MS = 250;
/** Within which all must be well once the faults are over. */
const CALM_LIMIT_MS = 90_000;
const TRACE_LINES_MAX = 4_000;

export interface EngineReport {
  readonly seed: number;
  readonly violations: readonly { readonly law: string; readonly detail: string }[];
  readonly marks: ReadonlySet<string>;
  readonly entries: number;
  readonly hash: string;
  readonly swarm: EngineSwarm;
  readonly trace: readonly string[];
}

export interface EngineOptions {
  readonly isTracing?: boolean;
  /** Instead of what the seed says. */
  readonly swarm?: EngineSwarm;
}

export async function simulateEngine(
  seed: number,
  options: EngineOptions = {},
): Promise<EngineReport> {
  return await new EngineSimulation(seed, options).go();
}

class EngineSimulation {
  readonly #sim: Simulator;
  readonly #swarm: EngineSwarm;
  readonly #options: EngineOptions;
  readonly #random: Prng;
  readonly #network: MemoryNetwork;
  readonly #outside: KeyedWorld;
  readonly #observer: Observer;
  readonly #places: readonly Place[];
  readonly #nemesis: Nemesis;
  readonly #clients: Clients;
  readonly #workflows: readonly Workflow<number, unknown>[];
  readonly #lifeOf = new Map<string, number>();
  readonly #marks = new Set<string>();
  readonly #violations = new Map<string, string>();
  readonly #trace: string[] = [];
  #lives = 0;
  #isCalm = false;
  /** Who is meant to be up, once the faults are over. */
  #core: readonly Place[] = [];

  constructor(seed: number, options: EngineOptions) {
    this.#options = options;
    this.#sim = new Simulator({ seed });
    const swarm = options.swarm ?? engineSwarmOf(seed);
    this.#swarm = swarm;
    this.#random = this.#sim.random("workload");
    this.#network = createMemoryNetwork({
      timers: this.#sim.timers,
      random: this.#sim.random("network"),
      conditions: { delayMs: CALM.delayMs },
      onDelivery: ({ from, to, body }) => this.#sim.note(`${from} ${to}`, body),
    });
    const { failing, effectMaxMs } = swarm;
    this.#outside = new KeyedWorld({ sim: this.#sim, failing, effectMaxMs });
    const own = this.#sim.random("own values");
    const host = { ownValue: () => own.below(1_000_000), violation: this.#violation };
    const random = Array.from({ length: swarm.randomWorkflows }, (_, i) => `w${i}`)
      .concat(CHILD, "tame", TAME_CHILD)
      .map((name, i) => randomWorkflow({ name, seed: seed * 31 + i, isOld: false }, host));
    this.#workflows = [steady, ...random];
    this.#observer = new Observer({
      lifeOf: (nonce) => this.#lifeOf.get(nonce),
      mark: this.#mark,
      violation: this.#violation,
    });
    this.#places = this.#createPlaces();
    this.#nemesis = this.#createNemesis();
    this.#clients = this.#createClients();
  }

  async go(): Promise<EngineReport> {
    try {
      await this.#safetyPhase();
      if (this.#isWhole) await this.#livenessPhase();
      if (this.#isWhole) await this.#durabilityScan();
      if (this.#isWhole) this.#checkLaws();
    } catch (error) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#violation("nothing throws", detail);
    }
    for (const place of this.#places) place.kill();
    return {
      seed: this.#sim.seed,
      violations: [...this.#violations].map(([law, detail]) => ({ law, detail })),
      marks: this.#marks,
      entries: this.#observer.applied,
      hash: this.#sim.traceHash,
      swarm: this.#swarm,
      trace: this.#trace,
    };
  }

  get #isWhole(): boolean {
    return this.#violations.size === 0;
  }

  readonly #mark = (what: string): void => {
    this.#marks.add(what);
    this.#note(what);
  };

  readonly #violation = (law: string, detail: string): void => {
    if (this.#violations.has(law)) return;
    this.#violations.set(law, `${detail} (at ${this.#sim.nowMs} ms)`);
    this.#note(`VIOLATION ${law}: ${detail}`);
  };

  #note(line: string): void {
    this.#sim.note(line);
    if (this.#options.isTracing !== true) return;
    this.#trace.push(`${this.#sim.nowMs.toFixed(1).padStart(9)} ${line}`);
    if (this.#trace.length > TRACE_LINES_MAX) this.#trace.shift();
  }

  #createPlaces(): readonly Place[] {
    const { nodes, spares } = this.#swarm;
    const names = Array.from({ length: nodes + spares }, (_, i) => String.fromCharCode(97 + i));
    return names.map(
      (name) =>
        new Place({
          name,
          sim: this.#sim,
          swarm: this.#swarm,
          network: this.#network,
          outside: this.#outside,
          workflows: this.#workflows,
          founders: names.slice(0, nodes),
          isCalm: () => this.#isCalm,
          nextLife: () => ++this.#lives,
          onId: (id, life) => this.#lifeOf.set(id, life),
          onOpened: (place, store) => this.#observer.opened(place, store),
          onCut: (place, store, upTo) => this.#observer.beforeCut(place, store, upTo),
          onPart: (place) => {
            if (!this.#isCalm) this.#nemesis.partCame(place);
          },
          onEnded: (place, error) => this.#onEnded(place, error),
          onLastWord: (place) => this.#nemesis.lastWord(place),
          mark: this.#mark,
          note: (line) => this.#note(line),
        }),
    );
  }

  #createNemesis(): Nemesis {
    return new Nemesis({
      sim: this.#sim,
      swarm: this.#swarm,
      network: this.#network,
      places: this.#places,
      isCalm: () => this.#isCalm,
      look: (place) => this.#look(place),
      mayDamage: (place) => mayDamage(place, this.#survival()),
      restart: (place) => {
        if (!this.#isCalm || this.#core.includes(place)) place.start();
      },
      mark: this.#mark,
    });
  }

  #createClients(): Clients {
    return new Clients({
      sim: this.#sim,
      random: this.#sim.random("clients"),
      callTimeoutMs: this.#swarm.callTimeoutMs,
      workflows: this.#workflows.filter(({ name }) => name !== CHILD && name !== TAME_CHILD),
      places: () => (this.#isCalm ? this.#core : this.#places).filter(isReady),
      openRuns: () => this.#openRuns(),
      onResumed: () => {
        this.#mark("a poisoned run is resumed");
        this.#nemesis.ownersLost++;
      },
      mark: this.#mark,
      violation: this.#violation,
    });
  }

  #openRuns(): readonly Run[] {
    return [...this.#observer.machine.workflows.runs.values()].filter((run) => !isSettled(run));
  }

  async #safetyPhase(): Promise<void> {
    const { faultsMs, nodes, runs, startGapMs } = this.#swarm;
    for (const place of this.#places.slice(0, nodes)) place.start();
    for (const place of this.#places.slice(nodes)) {
      this.#sim.timers.set(this.#random.below(faultsMs), () => place.start());
    }
    this.#nemesis.begin();
    let atMs = 0;
    for (let i = 0; i < runs; i++) {
      atMs += this.#random.below(startGapMs);
      this.#sim.timers.set(atMs, () => {
        if (!this.#isCalm) this.#clients.begin(`order-${i}`);
      });
    }
    this.#lookOn();
    void this.#clients.tend();
    await this.#runUntil(faultsMs, () => false);
    if ((this.#nemesis.injected === 0) !== this.#swarm.isControl) {
      this.#violation("something befalls a seed, unless it is a control", "the faults are over");
    }
  }

  /** Faults end, but for those that are for ever; who is left must finish everything. */
  async #livenessPhase(): Promise<void> {
    for (const place of this.#places) this.#look(place);
    this.#isCalm = true;
    this.#outside.calm();
    this.#network.setConditions(CALM);
    for (const place of this.#places) {
      place.disk.nextSyncFails = false;
      place.emptied();
    }
    this.#core = chooseCore(this.#survival());
    this.#network.heal();
    for (const place of this.#places) {
      if (this.#core.includes(place)) {
        place.resume();
        place.start();
      } else if (!place.hasLeft) loseForEver(place, this.#survival());
    }
    const fresh = this.#clients.begin("fresh", steady);
    const answered = new Set<Place>();
    const isWell = (): boolean =>
      this.#clients.isContent &&
      fresh.end !== undefined &&
      this.#openRuns().length === 0 &&
      this.#core.every((place) => place.hasLeft || answered.has(place));
    for (const place of this.#core) void this.#untilListed(place, answered);
    const hasEnded = await this.#runUntil(this.#sim.nowMs + CALM_LIMIT_MS, isWell);
    if (hasEnded) return;
    const who = this.#core.map((place) => `${place.name} ${JSON.stringify(statusOf(place))}`);
    const detail = [...this.#clients.unfinished, ...who].join("; ");
    this.#violation("a majority in calm finishes everything and takes more", detail);
  }

  #survival(): Survival {
    return {
      places: this.#places,
      observer: this.#observer,
      network: this.#network,
      random: this.#random,
      isControl: this.#swarm.isControl,
      mark: (what) => {
        this.#mark(what);
        this.#nemesis.ownersLost++;
      },
    };
  }

  async #untilListed(place: Place, answered: Set<Place>): Promise<void> {
    const isListed = isReady(place) && (await this.#clients.list(place));
    if (isListed) answered.add(place);
    else this.#sim.timers.set(STEP_MS, () => void this.#untilListed(place, answered));
  }

  /** All are back; each must come to hold what all hold. */
  async #durabilityScan(): Promise<void> {
    await this.#untilEqual("all come back and agree");
    if (!this.#isWhole || this.#random.chance(0.6)) return;
    this.#mark("the power goes once more, at the end");
    for (const place of this.#places) {
      this.#look(place);
      place.powerCut();
    }
    await this.#untilEqual("after a last loss of power all agree");
    for (const place of this.#core) await this.#sim.drive(this.#clients.list(place));
  }

  async #untilEqual(law: string): Promise<void> {
    this.#core = this.#places.filter(({ hasLeft }) => !hasLeft);
    this.#network.heal();
    for (const place of this.#core) {
      place.resume();
      place.start();
    }
    const isEqual = (): boolean => {
      this.#core = this.#core.filter(({ hasLeft }) => !hasLeft);
      return this.#core.every((place) => isReady(place) && this.#isEqual(place));
    };
    if (await this.#runUntil(this.#sim.nowMs + CALM_LIMIT_MS, isEqual)) return;
    const who = this.#core.map((place) => `${place.name} ${JSON.stringify(statusOf(place))}`);
    this.#violation(law, `${this.#observer.applied}; ${who.join("; ")}`);
  }

  #isEqual(place: Place): boolean {
    return this.#observer.compare(place) && this.#observer.mirrors(place);
  }

  #checkLaws(): void {
    const { network, disk, faults, isControl } = this.#swarm;
    const { loss = 0, straggling = 0, duplication = 0 } = network;
    const isSlow = disk.stall + faults.slowMs + faults.fullMs > 0;
    const isNoisy = isSlow || loss + straggling + duplication > 0;
    for (const run of this.#observer.machine.workflows.runs.values()) {
      if (!isSettled(run)) this.#violation("every run that was started ends", run.id);
    }
    checkEngine({
      observer: this.#observer,
      outside: this.#outside,
      states: this.#core.flatMap(({ process }) => process?.running?.machine.workflows ?? []),
      started: this.#clients.runs,
      workflows: this.#workflows,
      isControl,
      mark: this.#mark,
      seed: this.#sim.seed,
      ownersLost: isNoisy ? undefined : this.#nemesis.ownersLost,
      violation: this.#violation,
    });
  }

  /** Until `isDone` or the time is up. */
  async #runUntil(timeMs: number, isDone: () => boolean): Promise<boolean> {
    while (this.#isWhole && this.#sim.nowMs < timeMs) {
      if (isDone()) return true;
      await this.#sim.runUntil(Math.min(timeMs, this.#sim.nowMs + STEP_MS));
    }
    return isDone();
  }

  #lookOn(): void {
    this.#sim.timers.set(LOOK_MS, () => {
      for (const place of this.#places) this.#look(place);
      this.#lookOn();
    });
  }

  #look(place: Place): void {
    this.#observer.look(place);
    const { process } = place;
    if (process?.running === undefined || process.isGoing) return;
    const { failure, role } = process.running.face.status();
    if (role === "failed" || role === "stopped") {
      this.#onEnded(place, failure ?? new Error("it stopped by itself"));
    }
  }

  /** A node ended by itself: somebody starts it again, if it may. */
  #onEnded(place: Place, error: unknown): void {
    for (const one of this.#places) this.#observer.look(one);
    const isRemoved = this.#isRemoved(place);
    if (!isRemoved && !isExpectedEnd(place, error)) {
      this.#violation("a node ends for a named reason only", `${place.name}: ${String(error)}`);
    }
    this.#mark(isRemoved ? "a removed node ends" : "a node ends by itself");
    if (isGivenUp(place, error)) {
      this.#mark("a damaged directory is given up");
      this.#observer.forget(place);
      place.wipe();
    }
    place.isDiskBroken = false;
    if (isRemoved) place.hasLeft = true;
    place.kill();
    this.#nemesis.restartLater(place);
  }

  #isRemoved({ name }: Place): boolean {
    const nodes = [...this.#observer.machine.topology.nodes.values()];
    const own = nodes.filter((node) => node.name === name);
    return own.length > 0 && own.every(({ status }) => status.kind !== "member");
  }
}
