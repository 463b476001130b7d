// A few processes around one log, in virtual time: the real machine, runner and presence; what is
// proposed is committed in order, one command an entry. One takeover may be asked for.
// No real timer: time goes on when nothing else is to be done.

import { RaftoralError } from "../../errors.ts";
import { deferred } from "../../std/deferred.ts";
import { index, nodeId } from "../../std/ids.ts";
import type { AnyWorkflow } from "../../workflow/dsl/define.ts";
import type { ValueCodec } from "../../workflow/dsl/value-codec.ts";
import { apply } from "../../workflow/machine/apply.ts";
import { decodeCommand, encodeCommand } from "../../workflow/machine/codec.ts";
import type { Command, MachineEvent, Reply } from "../../workflow/machine/command.ts";
import { overdueRuns } from "../../workflow/machine/expire.ts";
import { findRun } from "../../workflow/machine/query.ts";
import {
  catalogueKey,
  createMachineState,
  isTerminal,
  type MachineState,
  type Run,
} from "../../workflow/machine/state.ts";
import type { RunnerPorts } from "../../workflow/runner/port.ts";
import type { RunDriver } from "../../workflow/runner/run-driver.ts";
import { createValueCodec } from "../../workflow/values/codec.ts";
import { Process, type ProcessHost } from "./process.ts";

export interface Takeover {
  /** When the entry of this index is committed. */
  readonly at: number;
  /** Did the owner see it before? */
  readonly isSeen: boolean;
}

export interface OneLogOptions {
  readonly nodes: number;
  readonly deps: unknown;
  readonly takeover: Takeover | undefined;
  /** Default: without a codec or types of the user's. */
  readonly codec?: ValueCodec;
  /** What the clock says at first. Default 1,000 s after 1970. */
  readonly startMs?: number;
  /** How often runners look for lost events, of which there are none here. Default: as on nodes. */
  readonly sweepMs?: number;
  /** Stands in the place of effect bodies. */
  readonly bodyOf?: RunnerPorts["bodyOf"];
  /** Settles when one more of the effect bodies under way did; undefined: none is. */
  readonly bodyEnd?: () => Promise<void> | undefined;
  /** After each entry, when every process has acted on it. */
  readonly onCommit?: (events: readonly MachineEvent[]) => void;
}

interface Proposal {
  readonly bytes: Uint8Array;
  /** Undefined: from outside. */
  readonly from: Process | undefined;
  settle?(reply: Reply): void;
}

/** Of a call that makes things happen while it is awaited. */
interface Turn {
  /** Settles when the calls that were made after this one are done. */
  come(): Promise<void>;
  isMine(): boolean;
}

interface Entry {
  readonly bytes: Uint8Array;
  readonly stampMs: number;
}

const STEPS_MAX = 100_000;
/** Runs whose time is up; more are ended at the next look. */
const EXPIRED_AT_ONCE = 100;
/** Hops of promises after which a body without real input or output has come to its end. */
const HOPS = 30;

export class OneLog implements ProcessHost {
  readonly codec: ValueCodec;
  readonly executions: Map<string, number> = new Map();
  hasCrashed = false;
  nowMs: number;
  /** How often it was looked for something to do. */
  steps = 0;
  readonly #options: OneLogOptions;
  readonly #workflows = new Map<string, AnyWorkflow>();
  readonly #log: Entry[] = [];
  readonly #processes: Process[] = [];
  readonly #state = createMachineState("g1");
  /** The end of each call under way, the last one last. */
  readonly #drivers: Promise<void>[] = [];
  #queue: Proposal[] = [];
  #lives = 0;
  #failure: Error | undefined;

  constructor(options: OneLogOptions) {
    this.#options = options;
    this.codec = options.codec ?? createValueCodec();
    this.nowMs = options.startMs ?? 1_000_000;
  }

  get options(): OneLogOptions {
    return this.#options;
  }

  /** What the group has accepted. */
  get state(): MachineState {
    return this.#state;
  }

  get entries(): number {
    return this.#log.length;
  }

  get log(): readonly Entry[] {
    return this.#log;
  }

  async boot(workflows: readonly AnyWorkflow[] = []): Promise<void> {
    for (const workflow of workflows) this.#workflows.set(keyOf(workflow), workflow);
    for (let node = 1; node <= this.#options.nodes; node++) this.#begin(node);
    await this.until(() => this.#state.members.size === this.#options.nodes);
  }

  stop(): void {
    for (const process of this.#processes) process.kill();
  }

  offer(command: Command, from: Process): void {
    this.#queue.push({ bytes: encodeCommand(command), from });
  }

  /** Workflows are registered when they are first heard of, on all. */
  async know(workflow: AnyWorkflow): Promise<void> {
    const key = keyOf(workflow);
    if (this.#workflows.has(key)) return;
    this.#workflows.set(key, workflow);
    for (const process of [...this.#processes]) this.#replace(process);
    const isKnown = (): boolean =>
      [...this.#state.members.values()].every(({ catalogue }) => catalogue.has(key));
    await this.until(isKnown);
  }

  get workflows(): readonly AnyWorkflow[] {
    return [...this.#workflows.values()];
  }

  async propose(command: Command): Promise<Reply> {
    let answer: Reply | undefined;
    const settle = (reply: Reply): void => {
      answer = reply;
    };
    this.#queue.push({ bytes: encodeCommand(command), from: undefined, settle });
    await this.until(() => answer !== undefined);
    return answer ?? { kind: "unknown" };
  }

  ran(key: string): void {
    this.executions.set(key, (this.executions.get(key) ?? 0) + 1);
  }

  #begin(node: number): Process {
    const process = new Process(this, node, this.#lives++);
    this.#processes.push(process);
    process.catchUp();
    return process;
  }

  /** The process is gone; the next one of its node knows the log, and announces itself. */
  #replace(process: Process): void {
    process.kill();
    this.#processes.splice(this.#processes.indexOf(process), 1);
    this.#begin(process.node);
  }

  /** @throws RaftoralError `timed-out`: it never is. */
  async until(isSo: () => boolean): Promise<void> {
    if (await this.runUntil(isSo)) return;
    const open = [...this.#state.runs.values()].filter(({ status }) => !isTerminal(status));
    throw new RaftoralError(
      "timed-out",
      `nothing more happens: ${open.map((run) => `${run.workflowId} is ${run.status.kind}`)}`,
    );
  }

  /**
   * Goes on until it is so; false: nothing more happens. With `isTimeStill` no time passes.
   * @throws what `fail` was told of; RaftoralError `timed-out` after very many steps.
   */
  runUntil(
    isSo: () => boolean,
    { isTimeStill = false }: { readonly isTimeStill?: boolean } = {},
  ): Promise<boolean> {
    const untilMs = isTimeStill ? this.nowMs : Number.MAX_SAFE_INTEGER;
    return this.#driving(async (turn) => {
      for (let steps = 0; steps < STEPS_MAX; steps++) {
        await turn.come();
        if (isSo()) return true;
        if ((await this.#step()) || (await this.#bodyEnd()) || !turn.isMine()) continue;
        if (!this.#pass(untilMs)) return false;
      }
      throw endless();
    });
  }

  /** Lets time pass, and all happen that is due meanwhile; effect bodies are not waited for. */
  advance(durationMs: number): Promise<void> {
    const untilMs = this.nowMs + durationMs;
    return this.#driving(async (turn) => {
      for (let steps = 0; steps < STEPS_MAX; steps++) {
        await turn.come();
        if ((await this.#step()) || !turn.isMine() || this.#pass(untilMs)) continue;
        this.nowMs = Math.max(this.nowMs, untilMs);
        return;
      }
      throw endless();
    });
  }

  /** Ends every wait, now and later, with this. */
  fail(error: Error): void {
    this.#failure ??= error;
  }

  /** The process of this run's owner goes, and comes again. */
  async crashOwner(id: string): Promise<void> {
    const owner = findRun(this.#state, id)?.owner;
    const member = owner && this.#state.members.get(owner.node);
    const process = this.#processes.find((one) => nodeId(one.node) === owner?.node);
    if (member === undefined || process === undefined) {
      throw new RaftoralError("invalid-argument", `nobody owns ${id}`);
    }
    const before = member.incarnation;
    this.#queue = this.#queue.filter(({ from }) => from !== process);
    this.#crash(process);
    await this.until(() => member.isUp && member.incarnation !== before);
  }

  /** Who acts for the run; undefined while nobody does. */
  driverOf({ id }: Run): RunDriver | undefined {
    for (const process of this.#processes) {
      const driver = process.driver(id);
      if (driver?.isOwner === true) return driver;
    }
    return;
  }

  /**
   * Time passes by the call that was made last: the others wait for it, so that what a test does
   * next comes before what it began earlier goes on.
   */
  async #driving<T>(drive: (turn: Turn) => Promise<T>): Promise<T> {
    const done = deferred<void>();
    const place = done.promise;
    this.#drivers.push(place);
    const come = async (): Promise<void> => {
      for (let last = this.#drivers.at(-1); last !== place; last = this.#drivers.at(-1)) await last;
      if (this.#failure !== undefined) throw this.#failure;
    };
    try {
      return await drive({ come, isMine: () => this.#drivers.at(-1) === place });
    } finally {
      this.#drivers.splice(this.#drivers.indexOf(place), 1);
      done.resolve();
    }
  }

  /** False: there is nothing to do at this time. */
  async #step(): Promise<boolean> {
    this.steps++;
    for (let hop = 0; hop < HOPS; hop++) await undefined;
    let isBusy = false;
    for (const process of this.#processes) isBusy = process.runDeferred() || isBusy;
    if (isBusy) return true;
    const proposal = this.#queue.shift();
    if (proposal === undefined) return false;
    this.#commit(proposal);
    return true;
  }

  /** False: no effect body is under way. */
  async #bodyEnd(): Promise<boolean> {
    const end = this.#options.bodyEnd?.();
    await end;
    return end !== undefined;
  }

  #commit(proposal: Proposal): void {
    this.#log.push({ bytes: proposal.bytes, stampMs: this.nowMs });
    const context = { index: index(this.entries), offset: 0, stampMs: this.nowMs };
    const { events, reply } = apply(this.#state, decodeCommand(proposal.bytes), context);
    const { takeover } = this.#options;
    const isHere = takeover?.at === this.entries && !this.hasCrashed;
    const owner = isHere ? this.#owner() : undefined;
    if (owner !== undefined && takeover?.isSeen === false) this.#crash(owner);
    for (const process of [...this.#processes]) process.catchUp();
    if (owner !== undefined && takeover?.isSeen === true) {
      // What it said on it is on its way with it.
      this.#queue = this.#queue.filter(({ from }) => from !== owner);
      this.#crash(owner);
    }
    proposal.settle?.(reply);
    this.#options.onCommit?.(events);
  }

  /** Who owns the first run that has not ended. */
  #owner(): Process | undefined {
    for (const { owner, status } of this.#state.runs.values()) {
      if (isTerminal(status) || owner === undefined) continue;
      return this.#processes.find(({ node }) => node === owner.node);
    }
    return;
  }

  #crash(process: Process): void {
    this.hasCrashed = true;
    const member = this.#state.members.get(nodeId(process.node));
    const isAlone = this.#options.nodes === 1;
    if (!isAlone && member !== undefined) {
      const dead = { node: member.node, incarnation: member.incarnation };
      const command: Command = { kind: "assign-owners", dead };
      this.#queue.unshift({ bytes: encodeCommand(command), from: undefined });
    }
    this.#replace(process);
  }

  /** When the next thing is due; Infinity: nothing is. */
  get nextDueMs(): number {
    const deadlines = [...this.#state.timed].map(({ deadlineMs = Infinity }) => deadlineMs);
    return Math.min(...deadlines, ...this.#processes.map((process) => process.nextDueMs));
  }

  /** Nothing to do: time goes on to whatever is due next. False: that is later than this. */
  #pass(untilMs: number): boolean {
    const due = this.nextDueMs;
    if (due > untilMs) return false;
    this.nowMs = Math.max(this.nowMs, due);
    for (const { id } of overdueRuns(this.#state, this.nowMs, EXPIRED_AT_ONCE)) {
      const bytes = encodeCommand({ kind: "expire", runId: id });
      this.#queue.push({ bytes, from: undefined });
    }
    for (const process of [...this.#processes]) process.fireTimers();
    return true;
  }
}

const endless = (): RaftoralError =>
  new RaftoralError("timed-out", `it goes on and on: ${STEPS_MAX} steps at one call`);

const keyOf = ({ name, version }: AnyWorkflow): string => catalogueKey(name, version);
