// One process of the simulated cluster: the real machine, presence and runner; clock, timers and
// proposals are the simulation's. What it has not applied yet it does not know.

import { Presence } from "../../../node/presence.ts";
import type { Timer, Timers } from "../../../std/clock.ts";
import { index, type NodeId } from "../../../std/ids.ts";
import type { Prng } from "../../../std/prng.ts";
import type { AnyWorkflow } from "../../../workflow/dsl/define.ts";
import { apply } from "../../../workflow/machine/apply.ts";
import { decodeCommand, encodeCommand } from "../../../workflow/machine/codec.ts";
import type { Command, MachineEvent } from "../../../workflow/machine/command.ts";
import type { MachineState } from "../../../workflow/machine/state.ts";
import type { RunnerLimits, RunnerPorts } from "../../../workflow/runner/port.ts";
import { Registry } from "../../../workflow/runner/registry.ts";
import { Runner } from "../../../workflow/runner/runner.ts";
import { createValueCodec } from "../../../workflow/values/codec.ts";
import type { Consensus, Entry, Proposal } from "./consensus.ts";
import type { EffectWorld } from "./effect-world.ts";
import type { Poison } from "./poison.ts";

const codec = createValueCodec();

export interface ProcessOptions {
  /** Numbers every process start of the simulation. */
  readonly life: number;
  readonly node: NodeId;
  readonly workflows: readonly AnyWorkflow[];
  readonly state: MachineState;
  /** How many entries `state` has applied. */
  readonly applied: number;
  readonly limits: Partial<RunnerLimits>;
  /** Unapplied proposals of this process; the next one is refused as `overloaded`. */
  readonly proposalsMax: number;
  /** How often a hint of what changed is lost. */
  readonly hintLoss: number;
  readonly wallSkewMs: number;
  readonly random: Prng;
  readonly nowMs: () => number;
  readonly consensus: Consensus;
  readonly effects: EffectWorld;
  readonly mark: (what: string) => void;
  readonly poison: Poison;
}

interface Alarm {
  readonly dueMs: number;
  readonly fn: () => void;
}

export class SimProcess {
  readonly options: ProcessOptions;
  readonly presence: Presence;
  readonly runner: Runner;
  applied: number;
  isSuperseded = false;
  readonly #alarms = new Set<Alarm>();
  #deferred: (() => void)[] = [];
  /** Offered and not applied here yet. */
  readonly #retained = new Map<number, Proposal>();
  #announcement: Proposal | undefined;
  #wasUp = false;

  constructor(options: ProcessOptions) {
    this.options = options;
    this.applied = options.applied;
    const registry = new Registry(options.workflows);
    this.presence = new Presence({
      node: options.node,
      name: `n${options.node}`,
      nonce: `life-${options.life}`,
      catalogue: registry.catalogue(),
    });
    this.runner = new Runner(options.state, registry, this.#ports(), options.limits);
  }

  get state(): MachineState {
    return this.options.state;
  }

  /** It was ended by what it ran: nothing that it still does reaches anybody. */
  get isDead(): boolean {
    return this.options.poison.hasEnded(this.options.life);
  }

  get isIdle(): boolean {
    return this.#deferred.length === 0;
  }

  /** Applies up to `count` entries, then acts on what changed: one turn of a node's loop. */
  apply(entries: readonly Entry[], count: number): void {
    const events: MachineEvent[] = [];
    for (let i = 0; i < count; i++) {
      const entry = entries[this.applied];
      if (entry === undefined) break;
      this.applied++;
      events.push(...applyEntry(this.state, entry, this.applied));
      for (const { id } of entry.proposals) this.#retained.delete(id);
    }
    if (this.isSuperseded) return;
    const { random, hintLoss, mark } = this.options;
    const heard = events.filter(() => !random.chance(hintLoss));
    if (heard.length < events.length) mark("hint lost");
    this.lookAtStanding();
    this.runner.onApplied(heard);
  }

  /**
   * As a node does it: announced where the group does not have it as up;
   * stopped by a newer one of its id.
   */
  lookAtStanding(): void {
    const standing = this.presence.standing(this.state.members);
    if (standing.kind === "superseded") {
      this.options.mark("superseded");
      this.stop();
      return;
    }
    const isUp = standing.kind === "up";
    if (isUp && !this.#wasUp) this.runner.wakeAll();
    this.#wasUp = isUp;
    if (isUp || this.#retained.has(this.#announcement?.id ?? 0)) return;
    this.#announcement = this.#propose(this.presence.announcement);
  }

  stop(): void {
    this.isSuperseded = true;
    this.runner.stop();
  }

  /** One turn: what was deferred until now. */
  runDeferred(): void {
    const due = this.#deferred;
    this.#deferred = [];
    for (const fn of due) fn();
  }

  fireTimers(): void {
    const nowMs = this.options.nowMs();
    const due = [...this.#alarms].filter(({ dueMs }) => dueMs <= nowMs);
    for (const alarm of due.sort((a, b) => a.dueMs - b.dueMs)) {
      if (this.#alarms.delete(alarm)) alarm.fn();
    }
  }

  /** Offers again what it has not seen applied. */
  offerAgain(): void {
    for (const proposal of this.#retained.values()) this.options.consensus.offer(proposal);
  }

  #propose(command: Command): Proposal {
    const proposal = this.options.consensus.propose(encodeCommand(command));
    this.#retained.set(proposal.id, proposal);
    return proposal;
  }

  #ports(): RunnerPorts {
    const { nowMs, wallSkewMs, random, effects, proposalsMax, mark } = this.options;
    return {
      clock: { monotonicMs: nowMs, wallMs: () => nowMs() + wallSkewMs },
      timers: this.#timers(),
      codec,
      deps: effects,
      unit: () => random.unit(),
      enclose: (_workflow, step) => this.options.poison.enclose(this.options.life, step),
      submit: (command) => {
        if (this.isDead) return "accepted";
        if (this.#retained.size >= proposalsMax) {
          mark("overloaded");
          return "overloaded";
        }
        this.#propose(command);
        return "accepted";
      },
      self: () => {
        const standing = this.presence.standing(this.state.members);
        return standing.kind === "up" ? standing.self : undefined;
      },
      // What a key stands for, in clear: the checks compare it with the reference's.
      idempotencyKey: (_run, effect) => effectKey(effect),
      log: () => {},
    };
  }

  #timers(): Timers {
    return {
      set: (delayMs, fn): Timer => {
        const alarm = { dueMs: this.options.nowMs() + delayMs, fn };
        this.#alarms.add(alarm);
        return { cancel: () => void this.#alarms.delete(alarm) };
      },
      defer: (fn) => void this.#deferred.push(fn),
    };
  }
}

export function effectKey(effect: {
  readonly path: string;
  readonly kind: string;
  readonly name: string;
  readonly inputHash: string;
}): string {
  return [effect.path, effect.kind, effect.name, effect.inputHash].join(" ");
}

/** Applies one entry; `at` is its index in the log. */
export function applyEntry(state: MachineState, entry: Entry, at: number): MachineEvent[] {
  return entry.proposals.flatMap(({ bytes }, offset) => {
    const context = { index: index(at), offset, stampMs: entry.stampMs };
    return [...apply(state, decodeCommand(bytes), context).events];
  });
}
