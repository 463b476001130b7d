// One process around a log: applies the log, and acts on what it says.

import { Presence } from "../../node/presence.ts";
import type { Timer, Timers } from "../../std/clock.ts";
import { index, nodeId, type RunId } from "../../std/ids.ts";
import type { AnyWorkflow } from "../../workflow/dsl/define.ts";
import type { ValueCodec } from "../../workflow/dsl/value-codec.ts";
import { apply } from "../../workflow/machine/apply.ts";
import { decodeCommand } from "../../workflow/machine/codec.ts";
import type { Command, MachineEvent } from "../../workflow/machine/command.ts";
import { createMachineState } from "../../workflow/machine/state.ts";
import type { RunnerPorts } from "../../workflow/runner/port.ts";
import { Registry } from "../../workflow/runner/registry.ts";
import type { RunDriver } from "../../workflow/runner/run-driver.ts";
import { Runner } from "../../workflow/runner/runner.ts";

/** What a process needs of the world around it. */
export interface ProcessHost {
  readonly nowMs: number;
  readonly codec: ValueCodec;
  readonly workflows: readonly AnyWorkflow[];
  readonly log: readonly { readonly bytes: Uint8Array; readonly stampMs: number }[];
  readonly options: {
    readonly deps: unknown;
    readonly sweepMs?: number;
    readonly bodyOf?: RunnerPorts["bodyOf"];
  };
  offer(command: Command, from: Process): void;
  /** An effect body was begun. */
  ran(key: string): void;
}

interface Alarm {
  readonly dueMs: number;
  readonly fn: () => void;
}

/** One process: applies the log, and acts on what it says. */
export class Process {
  readonly node: number;
  readonly #world: ProcessHost;
  readonly #presence: Presence;
  readonly #runner: Runner;
  readonly #state = createMachineState("g1");
  readonly #alarms = new Set<Alarm>();
  #deferred: (() => void)[] = [];
  #applied = 0;
  #isDead = false;
  #isAnnounced = false;
  #wasUp = false;

  constructor(world: ProcessHost, node: number, life: number) {
    this.#world = world;
    this.node = node;
    const registry = new Registry(world.workflows);
    this.#presence = new Presence({
      node: nodeId(node),
      name: `n${node}`,
      nonce: `life-${life}`,
      catalogue: registry.catalogue(),
    });
    const { sweepMs } = world.options;
    // Who looks around at its own time only tells of rests then.
    const limits = sweepMs === undefined ? {} : { sweepMs, restMs: sweepMs };
    this.#runner = new Runner(this.#state, registry, this.#ports(), limits);
  }

  get nextDueMs(): number {
    return Math.min(...[...this.#alarms].map(({ dueMs }) => dueMs));
  }

  driver(runId: RunId): RunDriver | undefined {
    return this.#runner.driver(runId);
  }

  catchUp(): void {
    if (this.#isDead) return;
    const events: MachineEvent[] = [];
    for (; this.#applied < this.#world.log.length; this.#applied++) {
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
    const { bodyOf, deps } = world.options;
    return {
      clock: { monotonicMs: () => world.nowMs, wallMs: () => world.nowMs },
      timers: this.#timers(),
      codec: world.codec,
      deps,
      ...(bodyOf === undefined ? {} : { bodyOf }),
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
