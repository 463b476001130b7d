// The shell around the interpreter: turns applied state into work on this process.
// State is the truth and events are hints; the sweep finds what a lost event left undone.

import type { Timer } from "../../std/clock.ts";
import type { RunId } from "../../std/ids.ts";
import type { AnyWorkflow } from "../dsl/define.ts";
import type { Batch, MachineEvent } from "../machine/command.ts";
import { isSameProcess } from "../machine/ownership.ts";
import { findRun } from "../machine/query.ts";
import { dueOf, restOf } from "../machine/rest.ts";
import { startsLater } from "../machine/run.ts";
import { isTerminal, type MachineState, type Run } from "../machine/state.ts";
import { ColdRuns } from "./cold.ts";
import { batchBytes } from "./outbox.ts";
import { type RunnerLimits, type RunnerPorts, runnerLimits } from "./port.ts";
import { Quarantine } from "./quarantine.ts";
import type { Registry } from "./registry.ts";
import { UntoldRests } from "./rests.ts";
import { type DivergenceCounts, type DriverHost, RunDriver } from "./run-driver.ts";
import { TouchedRuns } from "./touched.ts";

const LOOKS_BETWEEN_CLOCKS = 8;

export class Runner {
  readonly #state: MachineState;
  readonly #registry: Registry;
  readonly #ports: RunnerPorts;
  readonly #limits: RunnerLimits;
  /** The one that was touched last comes last. */
  readonly #drivers = new Map<RunId, RunDriver>();
  readonly #cold: ColdRuns;
  readonly #rests: UntoldRests<RunDriver>;
  /** To be looked at; of many, some in each turn. */
  readonly #touched = new TouchedRuns((runId) => this.#drivers.has(runId));
  readonly #dirty = new Set<RunDriver>();
  /** Runs that found no free slot for an effect body, in order. */
  readonly #waitingForSlot = new Set<RunDriver>();
  /** Each has a freed slot kept for it until its next pump, which takes it or leaves it. */
  readonly #slotKeptFor = new Set<RunDriver>();
  /** Batches that were cut and that the queue below did not take: they go first, in order. */
  #refused: Batch[] = [];
  /** Kept ones included; all, while anybody waits. */
  #slotsTaken = 0;
  #isTurnDue = false;
  #isStopped = false;
  #sweepTimer: Timer | undefined;
  #sweepFrom = 0;
  readonly #host: DriverHost;

  constructor(
    state: MachineState,
    registry: Registry,
    ports: RunnerPorts,
    limits: Partial<RunnerLimits> = {},
  ) {
    this.#state = state;
    this.#registry = registry;
    this.#ports = ports;
    this.#limits = { ...runnerLimits, ...limits };
    this.#host = {
      ports,
      limits: this.#limits,
      diverged: { asOwner: 0, asStandby: 0, otherValues: 0 },
      findRun: (workflowId) => findRun(this.#state, workflowId),
      workflow: (run) => this.#workflow(run),
      wake: (driver) => this.#wake(driver),
      takeEffectSlot: (driver) => this.#takeEffectSlot(driver),
      freeEffectSlot: () => this.#freeEffectSlot(),
      quarantine: new Quarantine(ports.clock, this.#limits.suspectAloneMs),
    };
    this.#cold = new ColdRuns(ports, (runId) => {
      this.#touched.add(runId);
      this.#turnSoon();
    });
    this.#rests = new UntoldRests(ports.timers, this.#limits, (drivers) => this.#tell(drivers));
    this.#armSweep();
  }

  /** Runs that this process follows or owns without a generator in memory. */
  get coldRuns(): number {
    return this.#cold.size;
  }

  get diverged(): Readonly<DivergenceCounts> {
    return this.#host.diverged;
  }

  /** Effect bodies that run on this process now. */
  get effectsRunning(): number {
    return this.#slotsTaken - this.#slotKeptFor.size;
  }

  /** The driver of a run that this process follows or owns; for inspection and tests. */
  driver(runId: RunId): RunDriver | undefined {
    return this.#drivers.get(runId);
  }

  /** Hints of what changed, in log order, after a turn's entries were applied. */
  onApplied(events: readonly MachineEvent[]): void {
    if (this.#isStopped) return;
    for (const event of events) {
      if (event.kind !== "run") continue;
      this.#touched.add(event.runId);
      // Whoever started it may wait for it.
      const parent = this.#state.runs.get(event.runId)?.parent;
      if (parent !== undefined) this.#touched.add(parent.runId);
    }
    this.#turn();
  }

  /** Looks at every run again: this process was announced, or everything may have changed. */
  wakeAll(): void {
    for (const runId of this.#drivers.keys()) this.#touched.add(runId);
    // Who is not announced does nothing for any run, and is announced later.
    if (this.#ports.self() !== undefined) {
      for (const runId of this.#state.runs.keys()) this.#touched.add(runId);
    }
    this.#turn();
  }

  /** Ends all work here at once. What was under way goes on elsewhere. */
  stop(): void {
    this.#isStopped = true;
    this.#sweepTimer?.cancel();
    for (const driver of this.#drivers.values()) driver.close(new Error("the node stops"));
    this.#drivers.clear();
    this.#cold.stop();
    this.#rests.stop();
  }

  #touch(runId: RunId): void {
    const run = this.#state.runs.get(runId);
    let driver = this.#drivers.get(runId);
    this.#cold.forget(runId);
    if (run === undefined) {
      driver?.close(new Error("the run was purged"));
      this.#drivers.delete(runId);
      return;
    }
    if (driver === undefined) {
      if (isTerminal(run.status) || this.#stayedCold(run)) return;
      driver = new RunDriver(run, this.#host);
    } else this.#drivers.delete(runId);
    this.#drivers.set(runId, driver);
    this.#dirty.add(driver);
  }

  /** Where it sleeps, as its owner told, its timer is all that it needs here (rule 20). */
  #stayedCold(run: Run): boolean {
    const nowMs = this.#ports.clock.wallMs();
    const isDelayed = startsLater(run, nowMs);
    const rest = restOf(run);
    const isFull = this.#drivers.size >= this.#limits.warmRuns;
    if (!isDelayed && !(isFull && rest?.isAsleep === true)) return false;
    const self = this.#ports.self();
    const isMine = self !== undefined && isSameProcess(run.owner, self);
    const dueMs = isDelayed ? run.startedAtMs : rest && dueOf(rest);
    if (isMine && dueMs !== undefined && dueMs <= nowMs) return false;
    this.#cold.add(run, isMine ? dueMs : undefined);
    return true;
  }

  #wake(driver: RunDriver): void {
    this.#dirty.add(driver);
    this.#turnSoon();
  }

  #turnSoon(): void {
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    this.#ports.timers.defer(() => {
      this.#isTurnDue = false;
      this.#turn();
    });
  }

  /**
   * Advances what is dirty, then says in one command what this process has to say. What does not
   * fit a turn has the next one: state is the truth, and a late look finds it.
   */
  #turn(): void {
    if (this.#isStopped) return;
    this.#look();
    const isOver = this.#slice();
    const batches: Batch[] = this.#refused;
    this.#refused = [];
    for (const driver of [...this.#dirty]) {
      if (isOver()) break;
      this.#dirty.delete(driver);
      driver.pump();
      if (this.#slotKeptFor.delete(driver)) this.#freeEffectSlot();
      batches.push(...driver.cut());
      this.#rests.note(driver, driver.isUntold);
      if (isTerminal(driver.run.status)) this.#drivers.delete(driver.run.id);
    }
    batches.push(...this.#cool());
    if (batches.length > 0) this.#propose(batches);
    this.#ports.activity?.leave();
    if (this.#touched.size + this.#dirty.size > 0) this.#turnSoon();
  }

  /** Says, at each look, whether the time of this turn is over; never at the first ones. */
  #slice(): () => boolean {
    const untilMs = this.#ports.clock.monotonicMs() + this.#limits.turnMs;
    let looks = 0;
    // A look at the clock costs as much as one at a run that sleeps.
    return () => ++looks % LOOKS_BETWEEN_CLOCKS === 0 && this.#ports.clock.monotonicMs() > untilMs;
  }

  /** No more become warm than the turn can advance: those that rest cool down in between. */
  #look(): void {
    const isOver = this.#slice();
    const isEnough = (): boolean => isOver() || this.#dirty.size >= this.#limits.turnRuns;
    for (const runId of this.#touched.taken(isEnough)) this.#touch(runId);
  }

  /**
   * Gives up what rests for longest, so that few generators are in memory, or says first that it
   * rests (rule 20).
   */
  #cool(): readonly Batch[] {
    const rests: Batch[] = [];
    const { turnRuns, warmRuns } = this.#limits;
    // Those that cannot be given up now are not looked at again and again; more than become warm in
    // a turn need not be either.
    const over = Math.max(0, this.#drivers.size - warmRuns);
    let looks = Math.min(this.#drivers.size, 2 * over, 2 * turnRuns);
    for (const [runId, driver] of this.#drivers) {
      if (this.#drivers.size <= warmRuns || looks-- <= 0) break;
      this.#drivers.delete(runId);
      if (this.#dirty.has(driver) || !driver.isResting) {
        rests.push(...driver.cutRest());
        this.#drivers.set(runId, driver);
        continue;
      }
      this.#cold.add(driver.run, driver.dueMs);
      driver.close(new Error("the run rests"));
      this.#waitingForSlot.delete(driver);
    }
    return rests;
  }

  /** Many runs share one entry, up to its limit. */
  #propose(batches: readonly Batch[]): void {
    let command: Batch[] = [];
    let bytes = 0;
    for (const batch of batches) {
      command.push(batch);
      bytes += batchBytes(batch);
      if (bytes < this.#limits.commandBytes) continue;
      this.#submit(command);
      command = [];
      bytes = 0;
    }
    if (command.length > 0) this.#submit(command);
  }

  #submit(batches: readonly Batch[]): void {
    // Once one was refused the rest waits too: the sweep, or the next applied entry, offers them
    // again, the same bytes in the same order.
    const isTaken =
      this.#refused.length === 0 && this.#ports.submit({ kind: "batches", batches }) === "accepted";
    if (!isTaken) this.#refused.push(...batches);
  }

  #workflow(run: Run): AnyWorkflow | undefined {
    return this.#registry.get(run.name, run.version);
  }

  #takeEffectSlot(driver: RunDriver): boolean {
    if (this.#slotKeptFor.delete(driver)) return true;
    if (this.#slotsTaken >= this.#limits.concurrentEffects) {
      this.#waitingForSlot.add(driver);
      return false;
    }
    this.#slotsTaken++;
    return true;
  }

  #freeEffectSlot(): void {
    const next = this.#waitingForSlot.values().next().value;
    if (next === undefined) {
      this.#slotsTaken--;
      return;
    }
    this.#waitingForSlot.delete(next);
    this.#slotKeptFor.add(next);
    this.#wake(next);
  }

  #armSweep(): void {
    this.#sweepTimer = this.#ports.timers.set(this.#limits.sweepMs, () => {
      if (this.#isStopped) return;
      this.#sweep();
      this.#armSweep();
    });
  }

  /** Visits the next `sweepRuns` runs that may lack something, round and round. */
  #sweep(): void {
    let seen = 0;
    let visited = 0;
    for (const run of this.#state.runs.values()) {
      if (seen++ < this.#sweepFrom) continue;
      const isOver = isTerminal(run.status) && !this.#drivers.has(run.id);
      if (isOver || this.#cold.isUntouched(run)) continue;
      this.#touched.add(run.id);
      if (++visited >= this.#limits.sweepRuns) break;
    }
    this.#sweepFrom = visited < this.#limits.sweepRuns ? 0 : seen;
    this.#host.quarantine.look();
    this.#turn();
    this.#tell(this.#drivers.values());
  }

  /** Many runs' rests in one entry: sleepers are no suspects, and whoever asks is told. */
  #tell(drivers: Iterable<RunDriver>): void {
    const rests = [...drivers].flatMap((driver) => driver.cutRest());
    if (rests.length > 0) this.#propose(rests);
  }
}
