// One run on one process: keeps its body, advances it, and, as owner, acts and speaks for it.
// What is owed is computed from state at every rest, never remembered from an edge (SEMANTICS 14).
// I1. only the owner of the present epoch starts effect bodies, sets timers or cuts batches.
// I2. a body that stood in doubt when its epoch ended is thrown away (rule 17).

import { RaftoralError } from "../../errors.ts";
import { assert } from "../../std/assert.ts";
import type { Epoch, Position } from "../../std/ids.ts";
import type { AnyWorkflow } from "../dsl/define.ts";
import type { Divergence, Outcome, ProcessId } from "../dsl/record.ts";
import { type Advance, Body, type BodyOptions } from "../interpreter/body.ts";
import { isUnread } from "../interpreter/divergence.ts";
import type { Batch } from "../machine/command.ts";
import { isSameProcess } from "../machine/ownership.ts";
import { enteredUpTo } from "../machine/poison.ts";
import { restOf } from "../machine/rest.ts";
import { isTerminal, type Run } from "../machine/state.ts";
import { Calls } from "./calls.ts";
import { Children } from "./children.ts";
import { finishOf } from "./finish.ts";
import { Outbox } from "./outbox.ts";
import type { RunnerLimits, RunnerPorts } from "./port.ts";
import type { Quarantine, Suspect } from "./quarantine.ts";
import { isAsleep, waitsOf } from "./resting.ts";
import { SetAside } from "./set-aside.ts";
import { Sleeps } from "./sleeps.ts";

/** What this process met of bodies that do not do what their journals hold, since it began. */
export interface DivergenceCounts {
  /** Bodies of runs that it owned: each parked one. */
  asOwner: number;
  /** Bodies that it only followed: it is passed over for each of these runs. */
  asStandby: number;
  /** Recorded values that its code would have written otherwise: they win, nothing is parked. */
  otherValues: number;
}

export interface DriverHost {
  readonly ports: RunnerPorts;
  readonly limits: RunnerLimits;
  readonly diverged: DivergenceCounts;
  workflow(run: Run): AnyWorkflow | undefined;
  /** The run that this id names now. */
  findRun(workflowId: string): Run | undefined;
  /** Pumps this run again after the present turn. */
  wake(driver: RunDriver): void;
  /** True, and one place is taken, while fewer than `concurrentEffects` bodies run on this node. */
  takeEffectSlot(driver: RunDriver): boolean;
  freeEffectSlot(): void;
  readonly quarantine: Quarantine;
}

export class RunDriver {
  readonly run: Run;
  readonly #host: DriverHost;
  readonly #outbox: Outbox;
  readonly #calls: Calls;
  readonly #sleeps: Sleeps;
  readonly #children: Children;
  /** What it does after inputs that its owner was lost over. */
  readonly #setAside: SetAside;
  readonly #suspect: Suspect;
  #body: Body | undefined;
  /** The epoch in which this process owns the run; undefined for a standby. */
  #epoch: Epoch | undefined;
  /** Of the run's `gaps` in this epoch. */
  #gapsAnswered = 0;
  #hasClaimed = false;
  #isEnterSaid = false;
  /** The rest of this epoch that is on its way, or was told. */
  #restSaid: Position | undefined;
  #isFinishSaid = false;
  /** Of the present body's mismatches. */
  #mismatchesCounted = 0;
  /** Where the body diverged: it stays as it is in that epoch, said or not (rule 16). */
  #divergedIn: Epoch | undefined;
  /** Of the epoch in which the user's codec failed. */
  #unsealed: { readonly epoch: Epoch; readonly at: Divergence } | undefined;

  constructor(run: Run, host: DriverHost) {
    this.run = run;
    this.#host = host;
    this.#outbox = new Outbox(host.limits);
    this.#setAside = new SetAside(run, (command) => host.ports.submit(command));
    const wake = (): void => host.wake(this);
    this.#suspect = { isAlone: true, wake };
    const doors = {
      ports: host.ports,
      limits: host.limits,
      say: this.#outbox.push.bind(this.#outbox),
      wake,
      quarantine: host.quarantine,
    };
    this.#calls = new Calls(run, doors, {
      take: () => host.takeEffectSlot(this),
      free: () => host.freeEffectSlot(),
    });
    this.#sleeps = new Sleeps(doors);
    this.#children = new Children(run, doors, host);
  }

  get isOwner(): boolean {
    return this.#epoch !== undefined;
  }

  get body(): Body | undefined {
    return this.#body;
  }

  /** Has the group accepted all that this process said of the run? */
  get isAccepted(): boolean {
    return this.#outbox.isClean;
  }

  /**
   * Brings body, effects and outbox in line with the state.
   * Harmless at any time, any number of times.
   */
  pump(): void {
    const self = this.#host.ports.self();
    if (isTerminal(this.run.status)) {
      this.close(new Error("the run has ended"));
      return;
    }
    this.#syncOwnership(self);
    if (!this.#isSuspect) this.#host.quarantine.leave(this.#suspect);
    this.#calls.leaveSuspects();
    if (this.run.status.kind === "parked") {
      // Nobody follows it: what ends its parking is a new try for every member.
      this.#body = undefined;
      return;
    }
    if (self === undefined || this.#isPassedOver(self) || this.#hasClaimed) return;
    const workflow = this.#host.workflow(this.run);
    if (workflow === undefined) return;
    if (this.#unsealed !== undefined && this.#unsealed.epoch === this.#epoch) {
      this.#setAside.park("unserializable", this.#unsealed.at);
      return;
    }
    // A new epoch is a new try for a body that diverged: another owner, or a mended deployment.
    if (this.#body?.divergence !== undefined && this.#divergedIn !== this.run.epoch) {
      this.#body = undefined;
    }
    this.#body ??= this.#build(workflow);
    const role = this.isOwner ? "owner" : "standby";
    const { stretchFuel } = this.#host.limits;
    this.#host.ports.activity?.enter(this.run.id, this.#body.rested);
    const advance = this.#body.advance(role, stretchFuel, this.#feedUpTo());
    try {
      this.#take(advance, self);
    } catch (error) {
      if (!(error instanceof RaftoralError)) throw error;
      this.#refuse(error);
    }
  }

  #build({ name, run }: AnyWorkflow): Body {
    const { codec, enclose, locate } = this.#host.ports;
    const enclosed: BodyOptions["enclose"] = enclose && ((step) => enclose(name, step));
    this.#mismatchesCounted = 0;
    return new Body({ run, journal: this.run, codec, locate, enclose: enclosed });
  }

  get #isSuspect(): boolean {
    return this.isOwner && this.run.suspectUpTo !== undefined;
  }

  /** Of a suspect no input is fed that the group was not told of before (rule 21). */
  #feedUpTo(): number {
    if (!this.#isSuspect) return Number.POSITIVE_INFINITY;
    return enteredUpTo(this.run);
  }

  /** One suspect at a time on this process: or one poison would park its neighbours. */
  #enter(self: ProcessId): void {
    const { id: runId, suspectUpTo: upTo } = this.run;
    const epoch = this.#epoch;
    if (upTo === undefined || epoch === undefined) return;
    if (this.#isEnterSaid || enteredUpTo(this.run) >= upTo) return;
    if (!this.#host.quarantine.enter(this.#suspect)) return;
    const suspect = { kind: "inputs", upTo } as const;
    const command = { kind: "enter", runId, owner: self, epoch, suspect } as const;
    if (this.#host.ports.submit(command) === "accepted") this.#isEnterSaid = true;
  }

  /**
   * The batches to propose now: what the group missed first, unchanged (rule 11), then what is new.
   */
  cut(): readonly Batch[] {
    if (this.#epoch === undefined || this.#body === undefined) return [];
    // Of a suspect at once: the next one waits for it (rule 21).
    if (this.#isSuspect) this.#tellRest(this.#body);
    const batches = this.run.gaps > this.#gapsAnswered ? [...this.#outbox.inflight] : [];
    this.#gapsAnswered = this.run.gaps;
    for (;;) {
      const batch = this.#outbox.cut(this.run, this.#body.rested);
      if (batch === undefined) return batches;
      batches.push(batch);
    }
  }

  /** As `cut`, and the rest that the run is in: told lazily, by whoever looks around (rule 20). */
  cutRest(): readonly Batch[] {
    if (this.#epoch !== undefined && this.#body !== undefined) this.#tellRest(this.#body);
    return this.cut();
  }

  #tellRest(body: Body): void {
    const { rested } = body;
    if (!body.isAtRest || body.finished !== undefined || !this.#outbox.isClean) return;
    if (this.#restSaid === rested || this.run.rest?.through === rested) return;
    this.#restSaid = rested;
    const said = { isAsleep: isAsleep(body, this.run), waits: waitsOf(body) };
    this.#outbox.push({ kind: "rest", ...said });
  }

  /**
   * Gives the generator up inside a living process. With nothing in doubt it is rebuilt from the
   * journal; otherwise only after a Claim made a new epoch (rule 16).
   */
  evict(): void {
    const self = this.#host.ports.self();
    // The state may have moved on since the last pump.
    this.#syncOwnership(self);
    const inDoubt = !this.#outbox.isClean || this.#calls.isBusy || this.#sleeps.isBusy;
    if (this.#epoch === undefined || !inDoubt) {
      this.#body = undefined;
      this.#isFinishSaid = false;
      return;
    }
    assert(self !== undefined, "an owner is an announced process");
    const claim = { kind: "claim", runId: this.run.id, owner: self, epoch: this.#epoch } as const;
    if (this.#host.ports.submit(claim) === "accepted") {
      this.#dropSpeech(new Error("the run is rebuilt"));
      this.#body = undefined;
      this.#hasClaimed = true;
    }
  }

  /**
   * Is there nothing to do for the run here before something happens to it, or a time has come?
   * Then its generator may be given up: nothing is in doubt (rules 16, 20).
   */
  get isResting(): boolean {
    if (!this.#outbox.isClean || this.#hasClaimed || this.#divergedIn !== undefined) return false;
    const body = this.#body;
    if (this.#epoch === undefined) return true;
    if (body === undefined) return this.run.status.kind !== "running";
    if (!body.isAtRest || body.finished !== undefined) return false;
    if (this.#calls.isBusy || this.#sleeps.isBusy) return false;
    // The group knows: its next owner does not take it for one that ended its owner (rule 21).
    return isAsleep(body, this.run) && restOf(this.run)?.through === body.rested;
  }

  /** When the first of its timers is due; undefined for a standby, or without any. */
  get dueMs(): number | undefined {
    let dueMs: number | undefined;
    if (this.#epoch === undefined) return dueMs;
    for (const barrier of this.#body?.barriers.values() ?? []) {
      if (barrier.dueMs !== undefined) dueMs = Math.min(barrier.dueMs, dueMs ?? barrier.dueMs);
    }
    return dueMs;
  }

  /** Ends all that this process does for the run. */
  close(why: Error): void {
    this.#host.quarantine.leave(this.#suspect);
    this.#dropSpeech(why);
    this.#calls.forgetSuspects();
    this.#body = undefined;
    this.#epoch = undefined;
  }

  #isPassedOver(self: ProcessId): boolean {
    return this.run.unfit.some(({ member }) => isSameProcess(member, self));
  }

  #syncOwnership(self: ProcessId | undefined): void {
    const { run } = this;
    const isMine =
      self !== undefined && run.status.kind === "running" && isSameProcess(run.owner, self);
    const epoch = isMine ? run.epoch : undefined;
    if (epoch === this.#epoch) {
      if (isMine) this.#outbox.accepted(run.sequence);
      return;
    }
    // Rule 17: with anything unsent or unaccepted the generator may have gone
    // where the log did not.
    if (!this.#outbox.isClean) this.#body = undefined;
    this.#dropSpeech(new Error(`the run has a new owner, epoch ${run.epoch}`));
    this.#calls.forgetSuspects();
    this.#outbox.reset(isMine ? run.sequence : 0);
    this.#epoch = epoch;
    this.#gapsAnswered = 0;
    this.#isEnterSaid = false;
    this.#hasClaimed = false;
  }

  #dropSpeech(why: Error): void {
    this.#calls.dropAll(why);
    this.#sleeps.dropAll();
    this.#children.dropAll();
    this.#outbox.reset(0);
    this.#isFinishSaid = false;
    this.#restSaid = undefined;
  }

  #take(advance: Advance, self: ProcessId): void {
    const body = this.#body;
    assert(body !== undefined, "only a body advances");
    const isOwner = this.#epoch !== undefined;
    for (const { level, message, fields } of body.takeLogs()) {
      this.#host.ports.log(level, message, { ...fields, ...this.#names() });
    }
    this.#host.diverged.otherValues += body.mismatches - this.#mismatchesCounted;
    this.#mismatchesCounted = body.mismatches;
    if (advance.kind === "diverged") {
      this.#onDiverged(advance.divergence, self);
      return;
    }
    const { codec } = this.#host.ports;
    for (const write of body.takeWrites()) {
      if (!isOwner) continue;
      this.#outbox.push({ ...write, value: codec.seal(write.value), kind: "write" });
    }
    if (advance.kind === "paused") this.#host.wake(this);
    // What is pending may be settled by an input that is not fed yet.
    if (advance.kind === "held") this.#enter(self);
    else if (isOwner && body.isAtRest) this.#owe(body);
  }

  /** Rule 14: bodies to run, timers to set, the end to tell. Rule 10 says from when. */
  #owe(body: Body): void {
    if (body.finished !== undefined) {
      this.#calls.dropAll(new Error("the run has ended"));
      this.#sleeps.dropAll();
      if (!this.#isFinishSaid) this.#sayFinish(body, body.finished);
      this.#isFinishSaid = true;
      return;
    }
    this.#calls.keepOnly(body.barriers);
    this.#sleeps.keepOnly(body.barriers);
    this.#children.keepOnly(body.barriers);
    const openFrom = this.#outbox.firstOpenCursor;
    for (const barrier of body.barriers.values()) {
      if (barrier.registeredAt >= openFrom) continue;
      if (barrier.call !== undefined) this.#calls.owe(barrier, barrier.call);
      else if (barrier.child !== undefined) this.#children.owe(barrier, barrier.child);
      else if (barrier.dueMs !== undefined) this.#sleeps.owe(barrier, barrier.dueMs);
    }
  }

  #onDiverged(divergence: Divergence, self: ProcessId): void {
    this.#calls.dropAll(new Error("the run diverged"));
    this.#sleeps.dropAll();
    this.#divergedIn = this.run.epoch;
    if (this.#setAside.isSaid) return;
    this.#outbox.reset(this.run.sequence);
    const isRead = !isUnread(divergence);
    const isSaid = this.isOwner
      ? this.#setAside.park(isRead ? "diverged" : "unserializable", divergence)
      : this.#setAside.passOver(self, divergence);
    if (!isSaid || !isRead) return;
    if (this.isOwner) this.#host.diverged.asOwner++;
    else this.#host.diverged.asStandby++;
  }

  #sayFinish(body: Body, outcome: Outcome): void {
    const { codec } = this.#host.ports;
    const workflow = this.#host.workflow(this.run);
    this.#outbox.push(finishOf(body, outcome, { workflow, codec }));
  }

  /**
   * The user's codec refused what is to be said, or read: nothing of this stretch is said, and its
   * body goes. It is no divergence, and nothing that user code may catch: it may do it later.
   */
  #refuse({ message: reason }: Error): void {
    const actual = "a value that its codec refuses";
    this.#body = undefined;
    this.#dropSpeech(new Error(reason));
    this.#outbox.reset(this.run.sequence);
    const { epoch } = this.run;
    this.#unsealed = { epoch, at: { path: "", recorded: "nothing", actual, reason } };
    this.#setAside.park("unserializable", this.#unsealed.at);
  }

  #names(): Readonly<Record<string, unknown>> {
    return { workflowId: this.run.workflowId, runId: this.run.id, epoch: this.#epoch };
  }
}
