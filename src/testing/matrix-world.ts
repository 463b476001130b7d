// A few processes around one log, in virtual time: the real machine, runner and presence; what is
// proposed is committed in order, one command an entry. One takeover may be asked for.

import { RaftoralError } from "../errors.ts";
import { Presence } from "../node/presence.ts";
import type { Timer, Timers } from "../std/clock.ts";
import { index, nodeId } from "../std/ids.ts";
import type { AnyWorkflow, Workflow } from "../workflow/dsl/define.ts";
import type { Signal } from "../workflow/dsl/signal.ts";
import { apply } from "../workflow/machine/apply.ts";
import { decodeCommand, encodeCommand } from "../workflow/machine/codec.ts";
import type { Command, MachineEvent, Reply } from "../workflow/machine/command.ts";
import { findRun } from "../workflow/machine/query.ts";
import { createMachineState, isTerminal, type Run } from "../workflow/machine/state.ts";
import type { RunnerPorts } from "../workflow/runner/port.ts";
import { Registry } from "../workflow/runner/registry.ts";
import { Runner } from "../workflow/runner/runner.ts";
import { createValueCodec } from "../workflow/values/codec.ts";

/** What a scenario does from outside. Nothing moves but while one of these is awaited. */
export interface MatrixWorld {
  start<I>(workflow: Workflow<I, unknown>, input: I, id: string): Promise<void>;
  signal<T>(id: string, signal: Signal<T>, value: T): Promise<void>;
  cancel(id: string, reason: string): Promise<void>;
  /** Registers a workflow that is started by other workflows alone. */
  know(workflow: AnyWorkflow): Promise<void>;
  /** Any other command, and what the group answers. */
  propose(command: Command): Promise<Reply>;
  /** Until the accepted records of the run that this id names satisfy `isSo`. */
  until(id: string, isSo: (run: Run) => boolean): Promise<void>;
  /** How the run ended: its kind, with its value or the message of its error. */
  end(id: string): Promise<{ readonly kind: string; readonly value?: unknown }>;
  /** A variable as of the last accepted write. */
  variable(id: string, name: string): unknown;
}

export interface Takeover {
  /** When the entry of this index is committed. */
  readonly at: number;
  /** Did the owner see it before? */
  readonly isSeen: boolean;
}

export interface WorldOptions {
  readonly nodes: number;
  readonly deps: unknown;
  readonly takeover: Takeover | undefined;
}

interface Proposal {
  readonly bytes: Uint8Array;
  /** Undefined: from outside. */
  readonly from: Process | undefined;
  settle?(reply: Reply): void;
}

interface Entry {
  readonly bytes: Uint8Array;
  readonly stampMs: number;
}

const codec = createValueCodec();
const STEPS_MAX = 100_000;
/** Hops of promises after which a body without real input or output has come to its end. */
const HOPS = 30;

export class World implements MatrixWorld {
  readonly executions: Map<string, number> = new Map();
  hasCrashed = false;
  nowMs = 1_000_000;
  readonly #options: WorldOptions;
  readonly #workflows = new Map<string, AnyWorkflow>();
  readonly #log: Entry[] = [];
  readonly #processes: Process[] = [];
  readonly #state = createMachineState("g1");
  #queue: Proposal[] = [];
  #lives = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
  }

  get entries(): number {
    return this.#log.length;
  }

  get log(): readonly Entry[] {
    return this.#log;
  }

  get deps(): unknown {
    return this.#options.deps;
  }

  async boot(): Promise<void> {
    for (let node = 1; node <= this.#options.nodes; node++) this.#begin(node);
    await this.#until(() => this.#state.members.size === this.#options.nodes);
  }

  stop(): void {
    for (const process of this.#processes) process.kill();
  }

  offer(command: Command, from: Process): void {
    this.#queue.push({ bytes: encodeCommand(command), from });
  }

  /** Workflows are registered when they are first heard of, on all. */
  async know(workflow: AnyWorkflow): Promise<void> {
    const key = `${workflow.name}@${workflow.version}`;
    if (this.#workflows.has(key)) return;
    this.#workflows.set(key, workflow);
    for (const process of [...this.#processes]) this.#replace(process);
    const isKnown = (): boolean =>
      [...this.#state.members.values()].every(({ catalogue }) => catalogue.has(key));
    await this.#until(isKnown);
  }

  get workflows(): readonly AnyWorkflow[] {
    return [...this.#workflows.values()];
  }

  async start<I>(workflow: Workflow<I, unknown>, input: I, id: string): Promise<void> {
    await this.know(workflow);
    const { name, version } = workflow;
    await this.propose({
      kind: "start",
      workflowId: id,
      name,
      version,
      input: codec.encode(input),
      inputHash: codec.hash(input),
      owner: nodeId(1),
    });
  }

  async signal<T>(workflowId: string, { name }: Signal<T>, value: T): Promise<void> {
    const id = `${name} ${this.entries} ${this.#queue.length}`;
    await this.propose({ kind: "signal", workflowId, id, name, value: codec.encode(value) });
  }

  async cancel(workflowId: string, reason: string): Promise<void> {
    await this.propose({ kind: "cancel", workflowId, id: `cancel ${workflowId}`, reason });
  }

  async propose(command: Command): Promise<Reply> {
    let answer: Reply | undefined;
    const settle = (reply: Reply): void => {
      answer = reply;
    };
    this.#queue.push({ bytes: encodeCommand(command), from: undefined, settle });
    await this.#until(() => answer !== undefined);
    return answer ?? { kind: "unknown" };
  }

  async until(id: string, isSo: (run: Run) => boolean): Promise<void> {
    await this.#until(() => {
      const run = findRun(this.#state, id);
      return run !== undefined && isSo(run);
    });
  }

  async end(id: string): Promise<{ readonly kind: string; readonly value?: unknown }> {
    await this.until(id, ({ status }) => isTerminal(status));
    const status = findRun(this.#state, id)?.status;
    switch (status?.kind) {
      case "completed":
        return { kind: "completed", value: codec.decode(status.value) };
      case "failed":
        return { kind: "failed", value: `${status.failure.name}: ${status.failure.message}` };
      default:
        return { kind: status?.kind ?? "unknown" };
    }
  }

  variable(id: string, name: string): unknown {
    const value = findRun(this.#state, id)?.variables.get(name);
    return value === undefined ? undefined : codec.decode(value);
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

  async #until(isSo: () => boolean): Promise<void> {
    for (let step = 0; step < STEPS_MAX; step++) {
      if (isSo()) return;
      await this.#step();
    }
    const open = [...this.#state.runs.values()].filter(({ status }) => !isTerminal(status));
    throw new RaftoralError(
      "timed-out",
      `nothing more happens: ${open.map((run) => `${run.workflowId} is ${run.status.kind}`)}`,
    );
  }

  async #step(): Promise<void> {
    for (let hop = 0; hop < HOPS; hop++) await undefined;
    let isBusy = false;
    for (const process of this.#processes) isBusy = process.runDeferred() || isBusy;
    if (isBusy) return;
    const proposal = this.#queue.shift();
    if (proposal !== undefined) this.#commit(proposal);
    else this.#pass();
  }

  #commit(proposal: Proposal): void {
    this.#log.push({ bytes: proposal.bytes, stampMs: this.nowMs });
    const context = { index: index(this.entries), offset: 0, stampMs: this.nowMs };
    const { reply } = apply(this.#state, decodeCommand(proposal.bytes), context);
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

  /** Nothing to do: time goes on to whatever is due next. */
  #pass(): void {
    const due = Math.min(...this.#processes.map((process) => process.nextDueMs));
    if (due === Number.POSITIVE_INFINITY) return;
    this.nowMs = Math.max(this.nowMs, due);
    for (const process of [...this.#processes]) process.fireTimers();
  }
}

interface Alarm {
  readonly dueMs: number;
  readonly fn: () => void;
}

/** One process: applies the log, and acts on what it says. */
class Process {
  readonly node: number;
  readonly #world: World;
  readonly #presence: Presence;
  readonly #runner: Runner;
  readonly #state = createMachineState("g1");
  readonly #alarms = new Set<Alarm>();
  #deferred: (() => void)[] = [];
  #applied = 0;
  #isDead = false;
  #isAnnounced = false;
  #wasUp = false;

  constructor(world: World, node: number, life: number) {
    this.#world = world;
    this.node = node;
    const registry = new Registry(world.workflows);
    this.#presence = new Presence({
      node: nodeId(node),
      name: `n${node}`,
      nonce: `life-${life}`,
      catalogue: registry.catalogue(),
    });
    this.#runner = new Runner(this.#state, registry, this.#ports());
  }

  get nextDueMs(): number {
    return Math.min(...[...this.#alarms].map(({ dueMs }) => dueMs));
  }

  catchUp(): void {
    if (this.#isDead) return;
    const events: MachineEvent[] = [];
    for (; this.#applied < this.#world.entries; this.#applied++) {
      const entry = this.#world.log[this.#applied];
      if (entry === undefined) break;
      const context = { index: index(this.#applied + 1), offset: 0, stampMs: entry.stampMs };
      events.push(...apply(this.#state, decodeCommand(entry.bytes), context).events);
    }
    const isUp = this.#self() !== undefined;
    if (isUp && !this.#wasUp) this.#runner.wakeAll();
    this.#wasUp = isUp;
    this.#runner.onApplied(events);
    if (isUp) this.#isAnnounced = false;
    else if (!this.#isAnnounced) {
      this.#isAnnounced = true;
      this.#world.offer(this.#presence.announcement, this);
    }
  }

  kill(): void {
    this.#isDead = true;
    this.#runner.stop();
    this.#alarms.clear();
    this.#deferred = [];
  }

  runDeferred(): boolean {
    const due = this.#deferred;
    this.#deferred = [];
    for (const fn of due) fn();
    return due.length > 0;
  }

  fireTimers(): void {
    const due = [...this.#alarms].filter(({ dueMs }) => dueMs <= this.#world.nowMs);
    for (const alarm of due.sort((a, b) => a.dueMs - b.dueMs)) {
      if (this.#alarms.delete(alarm)) alarm.fn();
    }
  }

  #self(): ReturnType<RunnerPorts["self"]> {
    const standing = this.#presence.standing(this.#state.members);
    return standing.kind === "up" ? standing.self : undefined;
  }

  #ports(): RunnerPorts {
    const world = this.#world;
    return {
      clock: { monotonicMs: () => world.nowMs, wallMs: () => world.nowMs },
      timers: this.#timers(),
      codec,
      deps: world.deps,
      unit: () => 0,
      submit: (command) => {
        if (!this.#isDead) world.offer(command, this);
        return "accepted";
      },
      self: () => this.#self(),
      idempotencyKey: (run, effect) => `${run.id} ${effect.path} ${effect.kind} ${effect.name}`,
      log: () => {},
      onAttempt: (run, effect) => world.ran(`${run.workflowId} ${effect.path} ${effect.name}`),
    };
  }

  #timers(): Timers {
    return {
      set: (delayMs, fn): Timer => {
        const alarm = { dueMs: this.#world.nowMs + delayMs, fn };
        this.#alarms.add(alarm);
        return { cancel: () => void this.#alarms.delete(alarm) };
      },
      defer: (fn) => void this.#deferred.push(fn),
    };
  }
}
