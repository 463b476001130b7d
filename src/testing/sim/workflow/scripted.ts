// Runs a tame program by itself: no group, no log, no faults, no clock. Its effects end as the
// program says, its signals come in their order, its cancellation comes when it waits for that
// alone. What comes out is what must come out of a cluster too, whatever befalls it.

import { TimedOut, WorkflowFailed } from "../../../errors.ts";
import { type Prng, prngOf } from "../../../std/prng.ts";
import type { Fx } from "../../../workflow/dsl/call.ts";
import type { AnyWorkflow } from "../../../workflow/dsl/define.ts";
import { childHandle, variableHandle } from "../../../workflow/dsl/effect.ts";
import type { RunStatus } from "../../../workflow/machine/state.ts";
import { createValueCodec } from "../../../workflow/values/codec.ts";
import { Direct, type DirectEnd, type Leaf, type Write } from "./direct.ts";
import { type Ending, thrown, value } from "./direct-groups.ts";
import type { EffectWorld } from "./effect-world.ts";
import { type Fate, fatalError } from "./fate.ts";
import { SIGNALS } from "./grower.ts";
import { NEVER } from "./leaves.ts";
import { WAITING } from "./locals.ts";

const codec = createValueCodec();
const INPUTS_MAX = 10_000;
/** Of every cancellation of a tame run. */
export const STOP = "stop now";

/** What a tame run is sent: the n-th signal of a name always holds the same. */
export const sentValue = (signal: number, nth: number): number => nth * 10 + signal;

export interface ScriptedOptions {
  readonly workflows: ReadonlyMap<string, AnyWorkflow>;
  /** Says who comes first where nobody has to. */
  readonly order: number;
}

/** How it ends, in words that `toldEnd` says too. */
export function scriptedEnd(
  workflow: AnyWorkflow,
  input: unknown,
  { order, workflows }: ScriptedOptions,
): string {
  return endInWords(new Scripted(workflows, prngOf(order, "script")).run(workflow, input));
}

/** How a run of a cluster ended, in the same words. */
export function toldEnd(status: RunStatus): string {
  if (status.kind === "completed") return `completed ${codec.hash(codec.decode(status.value))}`;
  if (status.kind === "failed") return `failed ${status.failure.name} ${status.failure.message}`;
  return status.kind === "cancelled" ? `cancelled ${status.reason}` : status.kind;
}

class Scripted {
  readonly #workflows: ReadonlyMap<string, AnyWorkflow>;
  readonly #random: Prng;
  /** How many of each signal were sent; those that continue a run go on with it. */
  readonly #sent = Array.from({ length: SIGNALS }, () => 0);
  #variables = new Map<string, { value: unknown }>();
  readonly #children = new Map<string, Ending>();

  constructor(workflows: ReadonlyMap<string, AnyWorkflow>, random: Prng) {
    this.#workflows = workflows;
    this.#random = random;
  }

  /** To the end of the last run of its chain. */
  run(workflow: AnyWorkflow, input: unknown): DirectEnd {
    let next = input;
    let unread: readonly (readonly unknown[])[] = [];
    for (;;) {
      const direct = this.#begin(workflow, next, unread);
      const end = this.#toEnd(direct);
      if (end.kind !== "continued") return end;
      unread = this.#sent.map((_, at) => direct.unread(`s${at}`).map(({ value }) => value));
      next = end.input;
    }
  }

  #begin(workflow: AnyWorkflow, input: unknown, unread: readonly (readonly unknown[])[]): Direct {
    this.#variables = new Map();
    const direct = new Direct({
      write: (effect) => this.#write(effect),
      isPatched: () => this.#random.chance(0.5),
      answer: ({ kind }) => {
        if (kind === "now") return new Date(0);
        throw new Error(`a tame program asks for no ${kind}`);
      },
      onAsked: () => {},
      onRead: () => {},
    });
    direct.begin(() => workflow.run(input));
    for (const [at, values] of unread.entries()) {
      for (const value of values) direct.signal(`s${at}`, "", value);
    }
    return direct;
  }

  #toEnd(direct: Direct): DirectEnd {
    for (let i = 0; i < INPUTS_MAX && direct.end === undefined; i++) {
      if (this.#random.chance(0.1)) this.#send(direct, this.#random.below(SIGNALS));
      else this.#moveOne(direct);
    }
    if (direct.end !== undefined) return direct.end;
    throw new Error(`it waits for ever at ${[...direct.pending.keys()].join(", ")}`);
  }

  #moveOne(direct: Direct): void {
    const all = [...direct.pending].map(([path, { leaf }]) => ({ path, leaf }));
    const open = all.filter(({ leaf }) => !isEndless(leaf));
    const chosen = open[this.#random.below(Math.max(1, open.length))];
    if (chosen === undefined) {
      if (this.#variables.get(WAITING)?.value === 1) direct.cancel(STOP);
      return;
    }
    const { leaf, path } = chosen;
    if (leaf.kind === "receive" && leaf.timeoutMs === undefined) {
      this.#send(direct, Number(leaf.name.slice(1)));
    } else direct.settle(path, this.#endingOf(leaf, path));
  }

  #send(direct: Direct, signal: number): void {
    const nth = this.#sent[signal] ?? 0;
    this.#sent[signal] = nth + 1;
    direct.signal(`s${signal}`, "", sentValue(signal, nth));
  }

  #endingOf(leaf: Leaf, path: string): Ending {
    switch (leaf.kind) {
      case "compute":
      case "step":
        return carriedOut(leaf);
      case "child":
        this.#children.set(path, this.#childEnd(leaf.name, leaf.input));
        return leaf.waitsFor === "end"
          ? (this.#children.get(path) ?? value(undefined))
          : value(childHandle(leaf.name, path));
      case "childEnd":
        return this.#children.get(leaf.workflowId) ?? thrown(new Error("no such child"));
      default:
        return value(undefined);
    }
  }

  #childEnd(name: string, input: unknown): Ending {
    const workflow = this.#workflows.get(name);
    if (workflow === undefined) throw new Error(`there is no workflow ${name}`);
    const end = new Scripted(this.#workflows, this.#random).run(workflow, input);
    if (end.kind === "returned" && end.ending.ok) return end.ending;
    return thrown(new WorkflowFailed("a tame child gives a value"));
  }

  #write(effect: Write): unknown {
    if (effect.kind === "checkpoint") return effect.value;
    const known = this.#variables.get(effect.name);
    const cell = known ?? { value: effect.kind === "variable" ? effect.initial : undefined };
    this.#variables.set(effect.name, cell);
    if (effect.kind === "variable") return variableHandle(effect.name, () => cell.value);
    cell.value = effect.next(cell.value);
    return effect.gives === "value" ? cell.value : undefined;
  }
}

/** Nothing but a cancellation ends it. */
const isEndless = (leaf: Leaf): boolean =>
  leaf.kind === "receive" && leaf.name === NEVER.name && leaf.timeoutMs === undefined;

/** All attempts of an effect body, as its fate and its options say. */
function carriedOut(leaf: Extract<Leaf, { kind: "compute" | "step" }>): Ending {
  const { retry, timeout, totalTimeout } = leaf.options;
  const fate = fateOf(leaf);
  if (fate.hangs) {
    const ofAll = `"${leaf.name}" was not done within ${totalTimeout} ms, all attempts together`;
    const ofOne = `the attempt took longer than ${timeout} ms`;
    return thrown(new TimedOut(totalTimeout === undefined ? ofOne : ofAll));
  }
  const attempts = fate.isFinal ? 1 : (retry?.attempts ?? 1);
  return attempts < fate.failsBelow ? thrown(fatalError(fate)) : value(fate.value);
}

/** What the body asks the world for: it says so as soon as it is called. */
function fateOf(leaf: Extract<Leaf, { kind: "compute" | "step" }>): Fate {
  let told: Fate | undefined;
  const deps: EffectWorld = {
    execute: (_fx, fate) => {
      told = fate;
      return new Promise(() => {});
    },
  };
  const fx: Partial<Fx> = { deps };
  Reflect.apply(leaf.body, undefined, [leaf.kind === "step" ? leaf.input : undefined, fx]);
  if (told === undefined) throw new Error("a tame effect has a fate");
  return told;
}

export function endInWords(end: DirectEnd): string {
  if (end.kind !== "returned")
    return end.kind === "cancelled" ? `cancelled ${end.reason}` : "continued";
  const { ending } = end;
  if (ending.ok) return `completed ${codec.hash(ending.value)}`;
  const { error } = ending;
  return error instanceof Error ? `failed ${error.name} ${error.message}` : "failed";
}
