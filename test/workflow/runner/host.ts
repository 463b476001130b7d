// A few processes by hand: each with a real machine state, presence, codec and runner. Clock,
// timers, deferred work, the log and the ends of effect bodies are the test's.

import * as assert from "uvu/assert";
import { Presence } from "../../../src/node/presence.ts";
import type { Timer } from "../../../src/std/clock.ts";
import { type Deferred, deferred } from "../../../src/std/deferred.ts";
import { index, nodeId, type RunId } from "../../../src/std/ids.ts";
import type { CallOptions, Fx } from "../../../src/workflow/dsl/call.ts";
import type { AnyWorkflow } from "../../../src/workflow/dsl/define.ts";
import type { LogLevel, Op } from "../../../src/workflow/dsl/effect.ts";
import type { ProcessId } from "../../../src/workflow/dsl/record.ts";
import { effects } from "../../../src/workflow/dsl/step.ts";
import { apply } from "../../../src/workflow/machine/apply.ts";
import { decodeCommand, encodeCommand } from "../../../src/workflow/machine/codec.ts";
import type {
  BatchItem,
  Command,
  MachineEvent,
  Reply,
} from "../../../src/workflow/machine/command.ts";
import {
  createMachineState,
  type MachineState,
  type Run,
} from "../../../src/workflow/machine/state.ts";
import type { RunnerLimits, RunnerPorts } from "../../../src/workflow/runner/port.ts";
import { Registry } from "../../../src/workflow/runner/registry.ts";
import type { RunDriver } from "../../../src/workflow/runner/run-driver.ts";
import { Runner } from "../../../src/workflow/runner/runner.ts";
import { createValueCodec } from "../../../src/workflow/values/codec.ts";

/** Like no duration of a test, so that the sweep's timer is told from theirs. */
export const SWEEP_MS = 997;

export const codec = createValueCodec();

export interface Proposal {
  readonly from: Host;
  readonly command: Command;
  /** What is committed: a log never sees the object. */
  readonly bytes: Uint8Array;
}

/** One call of an effect body, under way until the test ends it. */
export interface Execution {
  readonly name: string;
  readonly fx: Fx<Host>;
  readonly end: Deferred<unknown>;
  hasEnded: boolean;
}

interface Entry {
  readonly commands: readonly Uint8Array[];
  readonly stampMs: number;
}

interface Alarm {
  readonly dueMs: number;
  readonly isSweep: boolean;
  readonly fn: () => void;
}

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const { compute } = effects<Host>();

/** A compute that runs until the test ends it: `host.open(name)`. */
export const call = (name: string, options?: CallOptions): Op<unknown> =>
  compute(name, (fx) => fx.deps.execute(name, fx), options);

/** The one log, what was proposed to it, and the processes that apply it. */
export class Cluster {
  readonly hosts: Host[] = [];
  readonly entries: Entry[] = [];
  /** An observer that applies all at once: what the log says. */
  readonly state: MachineState = createMachineState("g1");
  /** Offered and not taken yet, in order. */
  proposals: Proposal[] = [];
  nowMs = 1_000_000;

  /** A process that has announced itself, and is up on all. */
  join(node: number, workflows: readonly AnyWorkflow[], limits: Partial<RunnerLimits> = {}): Host {
    const host = this.boot(node, workflows, limits);
    this.commit(host.presence.announcement);
    return host;
  }

  /** A process that knows the log so far and has not announced itself. */
  boot(node: number, workflows: readonly AnyWorkflow[], limits: Partial<RunnerLimits> = {}): Host {
    const host = new Host(this, { node, workflows, limits });
    this.hosts.push(host);
    host.catchUp();
    return host;
  }

  /** A Start, applied by all that are not held. */
  start(workflowId: string, workflow: AnyWorkflow, owner = 1, input?: unknown): RunId {
    const [reply] = this.commit({
      kind: "start",
      workflowId,
      name: workflow.name,
      version: workflow.version,
      input: codec.encode(input),
      inputHash: codec.hash(input),
      owner: nodeId(owner),
    });
    if (reply?.kind !== "started") throw new Error(`not started: ${reply?.kind}`);
    return reply.runId;
  }

  /** Its runs move, as when it hands them over. */
  suspect(host: Host): void {
    this.#assign(host, { isHandOver: true });
  }

  /** It is found dead: what it left in the middle of a stretch is suspect (rule 21). */
  lose(host: Host): void {
    this.#assign(host, {});
  }

  #assign(host: Host, how: { readonly isHandOver?: boolean }): void {
    const member = this.state.members.get(host.node);
    assert.ok(member, "a member is suspected");
    const dead = { node: host.node, incarnation: member?.incarnation ?? 0 };
    this.commit({ kind: "assign-owners", dead, ...how });
  }

  /** Takes what was proposed out of the queue. Not committed, it is lost. */
  take(which: (proposal: Proposal) => boolean = () => true): readonly Proposal[] {
    const taken = this.proposals.filter(which);
    this.proposals = this.proposals.filter((proposal) => !which(proposal));
    return taken;
  }

  /** One entry of one or more commands; every process that is not held applies it. */
  commit(...commands: readonly (Command | Proposal)[]): readonly Reply[] {
    const bytes = commands.map((c) => ("bytes" in c ? c.bytes : encodeCommand(c)));
    const entry: Entry = { commands: bytes, stampMs: this.nowMs };
    this.entries.push(entry);
    const replies = applyEntry(this.state, entry, this.entries.length).map(({ reply }) => reply);
    for (const host of this.hosts) if (!host.isHeld) host.catchUp();
    return replies;
  }

  /** Lets promises and deferred work run until all is quiet. Nothing is committed. */
  async turn(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      for (let hop = 0; hop < 10; hop++) await undefined;
      const wasBusy = this.hosts.map((host) => host.runDeferred()).includes(true);
      quiet = wasBusy ? 0 : quiet + 1;
    }
  }

  /** Commits all that is proposed, an entry each, until nobody has anything more to say. */
  async deliver(): Promise<void> {
    await this.turn();
    for (let round = 0; this.proposals.length > 0; round++) {
      assert.ok(round < 1_000, "the cluster comes to rest");
      for (const proposal of this.take()) this.commit(proposal);
      await this.turn();
    }
  }

  /** Time passes; timers that are due fire. Nothing is committed. */
  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    for (const host of this.hosts) host.fireTimers();
    await this.turn();
  }

  /** Everybody looks at everything once. */
  sweep(): Promise<void> {
    return this.pass(SWEEP_MS);
  }

  run(id: RunId): Run {
    return runOf(this.state, id);
  }
}

interface HostOptions {
  readonly node: number;
  readonly workflows: readonly AnyWorkflow[];
  readonly limits: Partial<RunnerLimits>;
}

let lives = 0;

export class Host {
  readonly cluster: Cluster;
  readonly node: ReturnType<typeof nodeId>;
  readonly presence: Presence;
  readonly state: MachineState = createMachineState("g1");
  readonly runner: Runner;
  readonly executions: Execution[] = [];
  readonly logs: LogLine[] = [];
  /** All that the runner ever offered, taken or not. */
  readonly offered: Proposal[] = [];
  /** It applies nothing until `catchUp`. */
  isHeld = false;
  /** How many more proposals its queue takes. */
  room = Number.POSITIVE_INFINITY;
  /** Which hints reach the runner. */
  hears: (event: MachineEvent) => boolean = () => true;
  /** Its machine's clock against the leader's. */
  skewMs = 0;
  /** The chance in the jitter of retries. */
  unit = 0;
  #applied = 0;
  #wasUp = false;
  #deferred: (() => void)[] = [];
  readonly #alarms = new Set<Alarm>();

  constructor(cluster: Cluster, { node, workflows, limits }: HostOptions) {
    this.cluster = cluster;
    this.node = nodeId(node);
    const registry = new Registry(workflows);
    this.presence = new Presence({
      node: this.node,
      name: `n${node}`,
      nonce: `life-${lives++}`,
      catalogue: registry.catalogue(),
    });
    this.runner = new Runner(this.state, registry, this.#ports(), {
      sweepMs: SWEEP_MS,
      restMs: Number.POSITIVE_INFINITY,
      ...limits,
    });
  }

  /** Applies what the log has beyond what this process has seen: one turn of its loop. */
  catchUp(): void {
    const events: MachineEvent[] = [];
    for (;;) {
      const entry = this.cluster.entries[this.#applied];
      if (entry === undefined) break;
      this.#applied++;
      for (const done of applyEntry(this.state, entry, this.#applied)) events.push(...done.events);
    }
    const isUp = this.self() !== undefined;
    if (isUp && !this.#wasUp) this.runner.wakeAll();
    this.#wasUp = isUp;
    this.runner.onApplied(events.filter(this.hears));
  }

  self(): ProcessId | undefined {
    const standing = this.presence.standing(this.state.members);
    return standing.kind === "up" ? standing.self : undefined;
  }

  run(id: RunId): Run {
    return runOf(this.state, id);
  }

  driver(id: RunId): RunDriver {
    const driver = this.runner.driver(id);
    if (driver === undefined) throw new Error(`n${this.node} has no driver of ${id}`);
    return driver;
  }

  /** What this process has proposed and was not taken yet, in words. */
  get says(): readonly string[] {
    return this.cluster.proposals.filter(({ from }) => from === this).map(told);
  }

  /** When its timers are due, from now; the sweep's is not counted. */
  get timers(): readonly number[] {
    const { nowMs } = this.cluster;
    const own = [...this.#alarms].filter(({ isSweep }) => !isSweep);
    return own.map(({ dueMs }) => dueMs - nowMs).sort((a, b) => a - b);
  }

  get isSweeping(): boolean {
    return [...this.#alarms].some(({ isSweep }) => isSweep);
  }

  /** Names of the bodies that have not ended, in the order of their starts. */
  get running(): readonly string[] {
    return this.executions.filter(({ hasEnded }) => !hasEnded).map(({ name }) => name);
  }

  /** The body of this name that was started last. */
  body(name: string): Execution {
    const found = this.executions.findLast((execution) => execution.name === name);
    if (found === undefined) throw new Error(`n${this.node} has not started ${name}`);
    return found;
  }

  /** What a body of `call` does. The signal is made at once, as by a body that listens. */
  execute(name: string, fx: Fx<Host>): Promise<unknown> {
    assert.ok(fx.signal);
    const execution: Execution = { name, fx, end: deferred<unknown>(), hasEnded: false };
    execution.end.promise.catch(() => {});
    this.executions.push(execution);
    return execution.end.promise;
  }

  /** Ends a body; nothing that it leads to is committed. */
  async give(name: string, value?: unknown): Promise<void> {
    const execution = this.body(name);
    execution.hasEnded = true;
    execution.end.resolve(value);
    await this.cluster.turn();
  }

  async fail(name: string, error: unknown = new Error("no")): Promise<void> {
    const execution = this.body(name);
    execution.hasEnded = true;
    execution.end.reject(error);
    await this.cluster.turn();
  }

  fireTimers(): void {
    const { nowMs } = this.cluster;
    const due = [...this.#alarms].filter(({ dueMs }) => dueMs <= nowMs);
    for (const alarm of due.sort((a, b) => a.dueMs - b.dueMs)) {
      if (this.#alarms.delete(alarm)) alarm.fn();
    }
  }

  /** True if there was any. */
  runDeferred(): boolean {
    const due = this.#deferred;
    this.#deferred = [];
    for (const fn of due) fn();
    return due.length > 0;
  }

  #ports(): RunnerPorts {
    const { cluster } = this;
    return {
      clock: { monotonicMs: () => cluster.nowMs, wallMs: () => cluster.nowMs + this.skewMs },
      timers: {
        set: (delayMs, fn): Timer => {
          const isSweep = delayMs === SWEEP_MS;
          const alarm: Alarm = { dueMs: cluster.nowMs + delayMs, isSweep, fn };
          this.#alarms.add(alarm);
          return { cancel: () => void this.#alarms.delete(alarm) };
        },
        defer: (fn) => void this.#deferred.push(fn),
      },
      codec,
      deps: this,
      unit: () => this.unit,
      submit: (command) => {
        const proposal = { from: this, command, bytes: encodeCommand(command) };
        this.offered.push(proposal);
        if (this.room === 0) return "overloaded";
        this.room--;
        cluster.proposals.push(proposal);
        return "accepted";
      },
      self: () => this.self(),
      idempotencyKey: (run, effect) => `${run.workflowId} ${effect.path} ${effect.name}`,
      log: (level, message, fields) => void this.logs.push({ level, message, fields }),
    };
  }
}

/**
 * A proposal in words. Of batches: `#1 write a, outcome 2 ok`; several runs' stand side by side,
 * parted by a bar.
 */
export function told({ command }: Pick<Proposal, "command">): string {
  if (command.kind === "claim") return `claim ${command.epoch}`;
  if (command.kind !== "batches") return command.kind;
  const items = command.batches.map(({ sequence, items }) => {
    const words = items.map(itemWords);
    return `#${sequence} ${words.join(", ")}`;
  });
  return items.join(" | ");
}

function itemWords(item: BatchItem): string {
  switch (item.kind) {
    case "write":
      return `write ${item.name}`;
    case "attempt":
      return `attempt ${item.attempt} of ${item.effect.path}`;
    case "outcome":
      return `outcome ${item.effect.path} ${item.outcome.ok ? "ok" : "failed"}`;
    case "finish":
      return `finish ${item.outcome.ok ? "ok" : "failed"}`;
    case "rest":
      return "rest";
    default:
      return `${item.kind} ${item.path}`;
  }
}

/** The value that a run has completed with; fails when it has not. */
export function resultOf({ status }: Run): unknown {
  if (status.kind !== "completed") throw new Error(`the run is ${status.kind}`);
  return codec.decode(status.value);
}

function runOf(state: MachineState, id: RunId): Run {
  const run = state.runs.get(id);
  if (run === undefined) throw new Error(`no run ${id}`);
  return run;
}

function applyEntry(
  state: MachineState,
  { commands, stampMs }: Entry,
  at: number,
): readonly ReturnType<typeof apply>[] {
  return commands.map((bytes, offset) => {
    return apply(state, decodeCommand(bytes), { index: index(at), offset, stampMs });
  });
}
