// One seed of the workflow profile: a few processes with the real machine, interpreter and runner,
// random programs, an unreliable order of proposals, and faults. Then calm, in which every run must
// come to its end.

import { nodeId } from "../../../std/ids.ts";
import { type Prng, prngOf } from "../../../std/prng.ts";
import type { AnyWorkflow } from "../../../workflow/dsl/define.ts";
import { encodeCommand } from "../../../workflow/machine/codec.ts";
import { decodeState, encodeState } from "../../../workflow/machine/snapshot.ts";
import { createMachineState } from "../../../workflow/machine/state.ts";
import { createValueCodec } from "../../../workflow/values/codec.ts";
import { TraceHash } from "../trace-hash.ts";
import { check } from "./checks.ts";
import { Consensus, type Proposal } from "./consensus.ts";
import { Outside } from "./effect-world.ts";
import { CHILD, TAME_CHILD } from "./grower.ts";
import type { Locals } from "./locals.ts";
import { openRuns, unfinished } from "./open-runs.ts";
import { People } from "./people.ts";
import { Poison } from "./poison.ts";
import { effectKey, SimProcess } from "./process.ts";
import { randomWorkflow } from "./program.ts";
import { settleAll } from "./settle.ts";
import { isFaultFree, type Swarm, swarmOf } from "./swarm.ts";
import { Witness } from "./witness.ts";

const CALM_ROUNDS_MAX = 3_000;
const WALL_START_MS = 1_000_000;
const codec = createValueCodec();

export interface SeedReport {
  readonly seed: number;
  readonly violations: readonly { readonly law: string; readonly detail: string }[];
  readonly marks: ReadonlySet<string>;
  readonly entries: number;
  readonly executions: number;
  readonly hash: string;
}

export async function simulate(seed: number): Promise<SeedReport> {
  return await new Simulation(seed).go();
}

class Simulation {
  readonly #seed: number;
  readonly #random: Prng;
  readonly #swarm: Swarm;
  readonly #consensus = new Consensus();
  readonly #witness: Witness;
  readonly #outside = new Outside();
  readonly #poison: Poison;
  readonly #people: People;
  readonly #workflows: readonly AnyWorkflow[];
  readonly #oldWorkflows: readonly AnyWorkflow[];
  #isUpgraded: boolean;
  /** By place; a place has a node id, two places may share one (a copied process). */
  readonly #places: (SimProcess | undefined)[] = [];
  /** Whoever starts a run asks again until it is there. */
  readonly #starts: Proposal[] = [];
  readonly #marks = new Set<string>();
  readonly #violations = new Map<string, SeedReport["violations"][number]>();
  readonly #hash = new TraceHash();
  #lives = 0;
  #nowMs = WALL_START_MS;
  #leader = 0;
  #value = 1;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = prngOf(seed, "simulation");
    this.#swarm = swarmOf(seed);
    this.#witness = new Witness({
      lifeOf: (nonce) => Number(nonce.slice("life-".length)),
      mark: this.#mark,
      violation: this.#violation,
      onPoisoned: (run, life) => this.#poison.onPoisoned(run, life),
    });
    this.#poison = new Poison({
      kind: this.#swarm.poison,
      order: seed % this.#swarm.runs,
      witness: () => this.#witness,
      mark: this.#mark,
      violation: this.#violation,
    });
    this.#people = new People({
      swarm: this.#swarm,
      random: this.#random,
      consensus: this.#consensus,
      state: this.#witness.state,
      poison: this.#poison,
      mark: this.#mark,
    });
    const host = { ownValue: () => this.#random.below(1_000_000), violation: this.#violation };
    const reached = (locals: Locals): void => this.#poison.reached(locals);
    const own = Array.from({ length: this.#swarm.workflows }, (_, i) => this.#swarm.nameOf(i));
    const code = (isOld: boolean): readonly AnyWorkflow[] =>
      [...own, CHILD, TAME_CHILD].map((name, i) =>
        randomWorkflow(
          { name, seed: seed * 31 + i, isOld },
          i < own.length ? { ...host, reached } : host,
        ),
      );
    this.#workflows = code(false);
    this.#oldWorkflows = code(true);
    this.#isUpgraded = !this.#swarm.isUpgraded;
  }

  async go(): Promise<SeedReport> {
    try {
      await this.#run();
    } catch (error) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#violation("nothing throws", detail);
    }
    return {
      seed: this.#seed,
      violations: [...this.#violations.values()],
      marks: this.#marks,
      entries: this.#consensus.entries.length,
      executions: this.#outside.executions.length,
      hash: this.#hash.toString(),
    };
  }

  async #run(): Promise<void> {
    for (let place = 0; place < this.#swarm.nodes; place++) this.#begin(place);
    for (let i = 0; i < this.#swarm.runs; i++) this.#offerStart(i);
    const upgradeAt = this.#random.below(this.#swarm.steps);
    for (let i = 0; i < this.#swarm.steps; i++) {
      if (i === upgradeAt) this.#upgrade();
      await this.#step();
    }
    await this.#calmDown();
  }

  readonly #mark = (what: string): void => {
    this.#marks.add(what);
  };

  readonly #violation = (law: string, detail: string): void => {
    if (!this.#violations.has(law)) this.#violations.set(law, { law, detail });
  };

  #begin(place: number): void {
    const swarm = this.#swarm;
    const donor = this.#random.chance(swarm.snapshot) ? this.#anyProcess() : undefined;
    if (donor !== undefined) this.#mark("restart from a snapshot");
    const life = this.#lives++;
    const process = new SimProcess({
      life,
      node: nodeId((place % swarm.nodes) + 1),
      workflows: (this.#isUpgraded ? this.#workflows : this.#oldWorkflows).filter((_, i) =>
        swarm.has(place, i),
      ),
      state: donor === undefined ? createMachineState("g1") : decodeState(encodeState(donor.state)),
      applied: donor?.applied ?? 0,
      limits: swarm.limits,
      proposalsMax: swarm.proposalsMax,
      hintLoss: swarm.hintLoss,
      wallSkewMs: swarm.skewMs(place),
      random: prngOf(this.#seed, `life ${life}`),
      nowMs: () => this.#nowMs,
      consensus: this.#consensus,
      effects: this.#poison.around(this.#outside.door(life), life),
      poison: this.#poison,
      mark: this.#mark,
    });
    this.#places[place] = process;
    process.lookAtStanding();
  }

  #offerStart(i: number): void {
    const { nodes, workflows, duplicates } = this.#swarm;
    const input = codec.encode(i);
    const command = encodeCommand({
      kind: "start",
      workflowId: `order-${i}`,
      name: this.#swarm.nameOf(i % workflows),
      version: 1,
      input,
      inputHash: codec.hash(i),
      owner: nodeId(this.#random.below(nodes) + 1),
    });
    const proposal = this.#consensus.propose(command);
    this.#starts.push(proposal);
    if (this.#random.chance(duplicates)) this.#consensus.offer(proposal);
  }

  #commit(proposals: readonly Proposal[]): void {
    if (proposals.length === 0) return;
    const stampMs = this.#nowMs + this.#swarm.skewMs(this.#leader);
    const entry = this.#consensus.append(proposals, stampMs);
    this.#hash.number(stampMs);
    for (const { bytes } of proposals) this.#hash.bytes(bytes);
    this.#witness.see(entry);
  }

  #anyProcess(): SimProcess | undefined {
    return this.#places[this.#random.below(this.#places.length)];
  }

  async #step(): Promise<void> {
    const random = this.#random;
    this.#people.act();
    const process = this.#anyProcess();
    const dice = random.below(100);
    if (dice < 24) this.#deliver();
    else if (dice < 42) process?.apply(this.#consensus.entries, 1 + random.below(3));
    else if (dice < 58) process?.runDeferred();
    else if (dice < 66) process?.fireTimers();
    else if (dice < 78) await this.#endBody();
    else if (dice < 82) process?.offerAgain();
    else if (dice < 88) this.#nowMs += random.below(8);
    else this.#fault(process);
    this.#bury();
  }

  /** Those that what they ran has ended. */
  #bury(): void {
    this.#places.forEach((process, place) => {
      if (process?.isDead) this.#crash(place);
    });
  }

  /** A deployment: all stop, wherever they stand, and come back with the new code. */
  #upgrade(): void {
    if (this.#isUpgraded) return;
    this.#isUpgraded = true;
    this.#mark("upgraded");
    for (let place = 0; place < this.#places.length; place++) {
      this.#crash(place);
      if (place < this.#swarm.nodes) this.#begin(place);
    }
  }

  #deliver(): void {
    const { loss, duplicates } = this.#swarm;
    const random = this.#random;
    if (random.chance(loss)) {
      if (this.#consensus.take(random, 1, 0).length > 0) this.#mark("proposal lost");
      return;
    }
    const isTwice = random.chance(duplicates);
    if (isTwice) this.#mark("proposal duplicated");
    this.#commit(this.#consensus.take(random, 1 + random.below(3), isTwice ? 1 : 0));
  }

  async #endBody(): Promise<void> {
    const { open } = this.#outside;
    const execution = open[this.#random.below(Math.max(1, open.length))];
    if (execution === undefined) return;
    const value = this.#value++;
    this.#hash.text(execution.key);
    this.#outside.finish(execution, value, this.#random.chance(this.#swarm.failing));
    await settleAll();
  }

  #fault(process: SimProcess | undefined): void {
    const { faults } = this.#swarm;
    const random = this.#random;
    const kind = random.pick(["crash", "suspect", "leader", "twin", "evict", "restart"] as const);
    if (kind === "leader") this.#leader = random.below(this.#swarm.nodes);
    else if (kind === "restart") this.#restartOne();
    else if (!faults.has(kind) || process === undefined) return;
    else if (kind === "crash") this.#crash(this.#places.indexOf(process));
    else if (kind === "suspect") this.#suspect();
    else if (kind === "twin") this.#twin();
    else this.#evict(process);
  }

  #crash(place: number): void {
    const process = this.#places[place];
    if (process === undefined) return;
    this.#mark("crash");
    process.stop();
    this.#outside.forget(process.options.life);
    this.#places[place] = undefined;
  }

  #restartOne(): void {
    const place = this.#places.findIndex(
      (process) => process === undefined || process.isSuperseded,
    );
    if (place < 0) return;
    this.#crash(place);
    this.#begin(place);
  }

  /** The leader thinks a member dead, rightly or not. */
  #suspect(): void {
    const members = [...this.#witness.state.members.values()].filter(({ isUp }) => isUp);
    const member = members[this.#random.below(Math.max(1, members.length))];
    if (member === undefined) return;
    this.#mark("suspected");
    const dead = { node: member.node, incarnation: member.incarnation };
    this.#consensus.propose(encodeCommand({ kind: "assign-owners", dead }));
  }

  /** A second process with the first node's id: a directory that was copied. */
  #twin(): void {
    if (this.#places.length > this.#swarm.nodes) return;
    this.#mark("twin");
    this.#begin(this.#swarm.nodes);
  }

  #evict(process: SimProcess): void {
    const runs = [...process.state.runs.keys()];
    const runId = runs[this.#random.below(Math.max(1, runs.length))];
    const driver = runId === undefined ? undefined : process.runner.driver(runId);
    if (driver === undefined) return;
    this.#mark(driver.isOwner ? "evicted from its owner" : "evicted from a standby");
    driver.evict();
    process.runner.wakeAll();
  }

  /** No more faults: everybody is there, everything arrives. */
  async #calmDown(): Promise<void> {
    for (let place = 0; place < this.#places.length; place++) {
      const process = this.#places[place];
      if (process !== undefined && !process.isSuperseded) continue;
      // The copy of a process goes for good: one of the two is stopped by the other's announcement.
      if (place < this.#swarm.nodes) {
        this.#crash(place);
        this.#begin(place);
      }
    }
    let round = 0;
    while (round++ < CALM_ROUNDS_MAX && !this.#isDone()) await this.#calmRound(round);
    if (!this.#isDone()) {
      this.#violation("every run that is owed something moves", unfinished(this.#witness.state));
      return;
    }
    check({
      witness: this.#witness,
      states: this.#live().map(({ state }) => state),
      executions: this.#outside.executions,
      workflows: new Map(this.#workflows.map((workflow) => [workflow.name, workflow])),
      keyOf: (_run, effect) => effectKey(effect),
      mark: this.#mark,
      seed: this.#seed,
      isFaultFree: isFaultFree(this.#swarm),
      violation: this.#violation,
    });
  }

  async #calmRound(round: number): Promise<void> {
    if (round % 10 === 0) this.#people.resume();
    if (round % 20 === 0)
      for (const { workflowId } of openRuns(this.#witness.state)) this.#people.signal(workflowId);
    if (round === 1) for (const start of this.#starts) this.#consensus.offer(start);
    this.#commit(this.#consensus.takeAll());
    for (const process of this.#live()) {
      process.apply(this.#consensus.entries, Number.POSITIVE_INFINITY);
      for (let turn = 0; turn < 20 && !process.isIdle; turn++) process.runDeferred();
      process.fireTimers();
      if (round % 10 === 0) process.offerAgain();
    }
    for (let i = 0; i < 3; i++) await this.#endBody();
    this.#bury();
    this.#nowMs += 5;
    const isMissing = (process: SimProcess | undefined, place: number): boolean =>
      place < this.#swarm.nodes && process?.isSuperseded !== false;
    if (this.#places.some(isMissing)) this.#restartOne();
  }

  #live(): readonly SimProcess[] {
    return this.#places.filter((process) => process !== undefined);
  }

  #isDone(): boolean {
    const { byWorkflowId } = this.#witness.state;
    const { length } = this.#consensus.entries;
    const orders = [...byWorkflowId.keys()].filter((id) => id.startsWith("order-"));
    return (
      orders.length === this.#swarm.runs &&
      openRuns(this.#witness.state).length === 0 &&
      this.#live().every(({ applied }) => applied === length)
    );
  }
}
