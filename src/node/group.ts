// One Raft group on this node as its engine has it: this process's presence in it, calls with
// their limits, and who waits for which end.

import type { RunEnd } from "../client/gateway.ts";
import type { TopologyCommand, TopologyReply } from "../cluster/machine/command.ts";
import { RaftoralError, TimedOut } from "../errors.ts";
import type { Replica } from "../replica/replica.ts";
import type { Timer } from "../std/clock.ts";
import { deferred } from "../std/deferred.ts";
import type { NodeId } from "../std/ids.ts";
import { within } from "../std/within.ts";
import type { ProcessId } from "../workflow/dsl/record.ts";
import type { Command, Reply } from "../workflow/machine/command.ts";
import { levelOf } from "../workflow/machine/level.ts";
import { findRun } from "../workflow/machine/query.ts";
import type { MachineState, Run } from "../workflow/machine/state.ts";
import type { EngineConfig } from "./config.ts";
import { endOf } from "./describe.ts";
import {
  type GroupEvent,
  type GroupMachine,
  type GroupReply,
  topologyBytes,
  workflowBytes,
} from "./group-machine.ts";
import { tooOld } from "./joining.ts";
import type { GroupDoor } from "./local-gateway.ts";
import type { NodeLog } from "./log.ts";
import type { Ports } from "./ports.ts";
import type { Presence } from "./presence.ts";
import { Waits } from "./waits.ts";

export interface GroupParts {
  readonly config: EngineConfig;
  readonly ports: Ports;
  readonly log: NodeLog;
  readonly machine: GroupMachine;
  readonly replica: Replica<GroupReply, GroupEvent>;
  readonly presence: Presence;
  /** This process has no place in the group any more, for this reason: the node stops. */
  onOut(error: RaftoralError): void;
}

const OUT = {
  superseded: () =>
    new RaftoralError(
      "node-failed",
      "another process announced itself under this node's id: no two may share one",
    ),
  removed: () =>
    new RaftoralError(
      "node-removed",
      "the cluster took this node out: to join anew, start it with an empty data directory",
    ),
} as const;

/** More runs than so many in one turn change together, as a member's that comes back. */
const CROWD = 1_000;

/** How often the sweep looks for what a lost event left undone, and at how many waits. */
const SWEEP_MS = 1_000;
const SWEEP_WAITS = 1_000;

/** By its own will no run is suspected; what blocks its user code may be a run (rule 21). */
const giveAway = (dead: ProcessId, isHandOver: boolean): Command =>
  isHandOver ? { kind: "assign-owners", dead, isHandOver } : { kind: "assign-owners", dead };

const runOf = (state: MachineState, event: GroupEvent): Run | undefined =>
  event.kind === "run" ? state.runs.get(event.runId) : undefined;

export class Group implements GroupDoor {
  readonly node: NodeId;
  readonly waits: Waits<RunEnd>;
  readonly changes: Waits<undefined>;
  readonly #parts: GroupParts;
  /** A command about this process's own standing is under way. */
  #isProposing = false;
  #isLeaving = false;
  #isFull = false;
  /** Its user code does not answer: it is not to own runs. */
  #isBlocked = false;
  #hasBeenReady = false;
  readonly #ready = deferred<void>();
  #wasUp = false;
  #sweepTimer: Timer | undefined;

  constructor(parts: GroupParts) {
    this.#parts = parts;
    this.node = parts.presence.announcement.node;
    this.waits = new Waits(parts.ports.timers, "ended");
    this.changes = new Waits(parts.ports.timers, "changed");
    this.#armSweep();
    // Whoever waits for readiness gets the failure; nobody waiting is no unhandled rejection.
    this.#ready.promise.catch(() => {});
  }

  get state(): MachineState {
    return this.#parts.machine.workflows;
  }

  get leader(): NodeId | undefined {
    return this.#parts.replica.status().leader;
  }

  /** Settles when this process was announced and may own runs. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** The group has this process as its member's. */
  get isUp(): boolean {
    return this.#wasUp;
  }

  async propose(command: Command): Promise<Reply> {
    this.#checkLevel(command);
    const reply = await this.#call(workflowBytes(command));
    if (reply.kind === "workflow") return reply.reply;
    throw new RaftoralError("malformed", "a workflow command got a topology reply");
  }

  /** What a member does not understand must not be in the log (DESIGN §8). */
  #checkLevel(command: Command): void {
    const needed = levelOf(command);
    if (needed <= this.state.level) return;
    const behind = [...this.state.members.values()]
      .filter(({ isRemoved, level }) => !isRemoved && level < needed)
      .map(({ name }) => name);
    throw new RaftoralError(
      "version-mismatch",
      `${command.kind} needs feature level ${needed} of all members: update ${behind.join(", ")}`,
      { retryable: true },
    );
  }

  async proposeTopology(command: TopologyCommand): Promise<TopologyReply> {
    const reply = await this.#call(topologyBytes(command));
    if (reply.kind === "topology") return reply.reply;
    throw new RaftoralError("malformed", "a topology command got a workflow reply");
  }

  readBarrier(): Promise<void> {
    return this.#limited(this.#parts.replica.readBarrier(), "a read");
  }

  /** What was applied in one turn: a hint each, in log order. */
  onApplied(events: readonly GroupEvent[]): void {
    const waiting = this.waits.size + this.changes.size;
    if (events.length > Math.max(waiting, CROWD)) this.#settleAll();
    else if (waiting > 0) for (const event of events) this.#settleWaits(runOf(this.state, event));
    this.lookAtStanding();
  }

  /** Anything may have changed: whoever waits is looked at. */
  onRestored(): void {
    this.#settleAll();
    this.lookAtStanding();
  }

  #settleAll(): void {
    for (const waits of [this.waits, this.changes]) {
      for (const id of waits.next(waits.size)) this.#settleWaits(findRun(this.state, id));
    }
  }

  /** Announces this process where the group does not have it as up. Harmless at any time. */
  lookAtStanding(): void {
    const { presence } = this.#parts;
    const standing = presence.standing(this.state.members);
    if (standing.kind === "superseded" || standing.kind === "removed") {
      if (!this.#isLeaving) this.#parts.onOut(OUT[standing.kind]());
      return;
    }
    const isUp = standing.kind === "up";
    // A founder's own founding may come after its announcement.
    if (isUp && this.#parts.machine.topology.nodes.has(this.node)) this.#setReady();
    this.#wasUp = isUp;
    if (this.#isLeaving || this.#isProposing) return;
    // Runs of a node that takes nothing would stand still: as long as it is full it is not up.
    const wantsHeirs = this.#isFull || this.#isBlocked;
    const isYielding = wantsHeirs && this.#hasBeenReady && this.hasCompany();
    if (isUp && isYielding) this.#yield(standing.self);
    if (!isUp && !isYielding && !this.#isBlocked) this.#proposeStanding(presence.announcement);
  }

  #yield(dead: ProcessId): void {
    if (this.#isBlocked) {
      this.#parts.log.error("the runs of this node go to others: its user code does not answer");
    }
    this.#proposeStanding(giveAway(dead, !this.#isBlocked));
  }

  /** The disk is full, or is not any more. */
  onRoom(isFull: boolean): void {
    this.#isFull = isFull;
    this.lookAtStanding();
  }

  #setReady(): void {
    if (this.#hasBeenReady) return;
    this.#hasBeenReady = true;
    this.#parts.replica.openReserve(false);
    this.#ready.resolve();
  }

  /** Another member is up: it can take what this one owns. */
  hasCompany(): boolean {
    return [...this.state.members.values()].some(({ isUp, node }) => isUp && node !== this.node);
  }

  #proposeStanding(command: Command): void {
    this.#isProposing = true;
    const done = (): void => {
      this.#isProposing = false;
    };
    this.#parts.replica.propose(workflowBytes(command), { isUrgent: true }).then((reply) => {
      done();
      this.#onAnnounced(reply);
    }, done);
  }

  #onAnnounced(reply: GroupReply): void {
    if (reply.kind !== "workflow" || reply.reply.kind !== "too-old") return;
    this.#parts.onOut(tooOld(reply.reply.needed));
  }

  /** Hands this process's runs to others and waits for it, `drainMs` at the most. */
  async leave(drainMs: number): Promise<void> {
    this.#isLeaving = true;
    this.#parts.replica.openReserve(true);
    const standing = this.#parts.presence.standing(this.state.members);
    if (standing.kind !== "up" || drainMs <= 0) return;
    const handed = this.#parts.replica.propose(
      workflowBytes(giveAway(standing.self, !this.#isBlocked)),
    );
    await this.#limited(handed, "the hand-over", drainMs).catch((error) =>
      this.#parts.log.warn("the runs were not handed over in time", { error: String(error) }),
    );
  }

  /** Gives this process's runs away, where somebody else is up. Harmless at any time. */
  block(): void {
    this.#isBlocked = true;
    this.lookAtStanding();
  }

  unblock(): void {
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    this.lookAtStanding();
  }

  /** It does not go after all. */
  stay(): void {
    this.#isLeaving = false;
    this.#parts.replica.openReserve(!this.#hasBeenReady);
    this.lookAtStanding();
  }

  stop(error: Error): void {
    this.#sweepTimer?.cancel();
    this.#ready.reject(error);
    this.waits.failAll(error);
    this.changes.failAll(error);
  }

  /** What a lost event left undone is found here: nothing waits for an event alone. */
  #armSweep(): void {
    this.#sweepTimer = this.#parts.ports.timers.set(SWEEP_MS, () => {
      this.#armSweep();
      for (const id of this.waits.next(SWEEP_WAITS)) this.#settleWaits(findRun(this.state, id));
      this.lookAtStanding();
    });
  }

  #settleWaits(run: Run | undefined): void {
    // Who waits, waits for the run that the id names now.
    if (run === undefined || this.state.byWorkflowId.get(run.workflowId) !== run.id) return;
    const end = endOf(run.status);
    if (end !== undefined) this.waits.settle(run.workflowId, end);
    this.changes.settle(run.workflowId, undefined);
  }

  #call(command: Uint8Array): Promise<GroupReply> {
    return this.#limited(this.#parts.replica.propose(command), "a command");
  }

  /** No call waits for ever: after `callTimeout` the caller hears so, and may ask again. */
  #limited<T>(
    promise: Promise<T>,
    what: string,
    limitMs: number = this.#parts.config.callTimeoutMs,
  ): Promise<T> {
    const { timers } = this.#parts.ports;
    const late = (): Error =>
      new TimedOut(
        `${what} had no answer from a majority within ${limitMs} ms; ` +
          "it may still happen: ask again with the same id",
      );
    return within(promise, { timers, limitMs }, late);
  }
}
