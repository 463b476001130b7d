// One run on one process: keeps its body, advances it, and, as owner, acts and speaks for it.
// What is owed is computed from state at every rest, never remembered from an edge (SEMANTICS 14).
// I1. only the owner of the present epoch starts effect bodies, sets timers or cuts batches.
// I2. a body that stood in doubt when its epoch ended is thrown away (rule 17).

import { RaftoralError } from "../../errors.ts";
import { assert } from "../../std/assert.ts";
import type { Epoch } from "../../std/ids.ts";
import type { AnyWorkflow } from "../dsl/define.ts";
import type { Divergence, Outcome, ProcessId } from "../dsl/record.ts";
import { type Advance, Body, type BodyOptions } from "../interpreter/body.ts";
import { isUnread } from "../interpreter/divergence.ts";
import type { Batch } from "../machine/command.ts";
import { isSameProcess } from "../machine/ownership.ts";
import { restOf } from "../machine/rest.ts";
import { isTerminal, type Run } from "../machine/state.ts";
import { Calls } from "./calls.ts";
import { Children } from "./children.ts";
import { finishOf } from "./finish.ts";
import { Outbox } from "./outbox.ts";
import type { RunnerLimits, RunnerPorts } from "./port.ts";
import type { Quarantine } from "./quarantine.ts";
import { isAsleep, RestSpeech } from "./resting.ts";
import { SetAside } from "./set-aside.ts";
import { Sleeps } from "./sleeps.ts";
import { SuspectInputs } from "./suspect-inputs.ts";

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
  readonly #rests: RestSpeech;
  readonly #calls: Calls;
  readonly #sleeps: Sleeps;
  readonly #children: Children;
  readonly #setAside: SetAside;
  readonly #suspects: SuspectInputs;
  #body: Body | undefined;
  /** The epoch in which this process owns the run; undefined for a standby. */
  #epoch: Epoch | undefined;
  /** Of the run's `gaps` in this epoch. */
  #gapsAnswered = 0;
  #hasClaimed = false;
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
    this.#rests = new RestSpeech(run, this.#outbox);
    const wake = (): void => host.wake(this);
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
    this.#suspects = new SuspectInputs(run, doors);
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
    if (!this.isOwner || !this.#suspects.isSuspect) this.#suspects.leave();
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
    const advance = this.#advance(this.#body);
    try {
      this.#take(advance, self);
    } catch (error) {
      if (!(error instanceof RaftoralError)) throw error;
      this.#refuse(error);
    }
  }

  #advance(body: Body): Advance {
    const { limits, ports } = this.#host;
    ports.activity?.enter(this.run.id, body.rested);
    if (!this.isOwner) return body.advance("standby", limits.stretchFuel);
    return body.advance("owner", limits.stretchFuel, this.#suspects.feedUpTo);
  }

  #build({ name, run }: AnyWorkflow): Body {
    const { codec, enclose, locate } = this.#host.ports;
    const enclosed: BodyOptions["enclose"] = enclose && ((step) => enclose(name, step));
    this.#mismatchesCounted = 0;
    return new Body({ run, journal: this.run, codec, locate, enclose: enclosed });
  }

  /**
   * The batches to propose now: what the group missed first, unchanged (rule 11), then what is new.
   */
  cut(): readonly Batch[] {
    if (this.#epoch === undefined || this.#body === undefined) return [];
    // Of a suspect at once: the next one waits for it (rule 21).
    if (this.#suspects.isSuspect) this.#rests.tell(this.#body);
    const batches = this.run.gaps > this.#gapsAnswered ? [...this.#outbox.inflight] : [];
    this.#gapsAnswered = this.run.gaps;
    for (;;) {
      const batch = this.#outbox.cut(this.run, this.#body.rested);
      if (batch === undefined) break;
      batches.push(batch);
    }
    this.#suspects.makeWay(batches);
    return batches;
  }

  /** Owned, and at a rest that the group was not told of. */
  get isUntold(): boolean {
    return (
      this.#epoch !== undefined && this.#body !== undefined && this.#rests.isUntold(this.#body)
    );
  }

  /** As `cut`, and the rest that the run is in: told lazily, by whoever looks around (rule 20). */
  cutRest(): readonly Batch[] {
    if (this.#epoch !== undefined && this.#body !== undefined) this.#rests.tell(this.#body);
    return this.cut();
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
    this.#suspects.leave();
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
    this.#suspects.forget();
    this.#hasClaimed = false;
  }

  #dropSpeech(why: Error): void {
    this.#calls.dropAll(why);
    this.#sleeps.dropAll();
    this.#children.dropAll();
    this.#outbox.reset(0);
    this.#isFinishSaid = false;
    this.#rests.forget();
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
    if (advance.kind === "held" && this.#epoch !== undefined) {
      this.#suspects.enter(self, this.#epoch);
    } else if (isOwner && body.isAtRest) this.#owe(body);
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
