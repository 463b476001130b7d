// A second interpreter of workflow bodies, for the simulator alone: what the engine's own one does
// is held against it. It shares no code with `workflow/interpreter`: no journal, no epochs, no
// divergence; a script answers what comes from outside. What it has in common is the rules:
// branches run first in, first out, each until it waits (SEMANTICS 7); a loser, or whoever is
// cancelled, fails once where it waits, in the order in which branches were made (9).

import { Cancelled } from "../../../errors.ts";
import { askedEffect, type Branch, type Effect, taskHandle } from "../../../workflow/dsl/effect.ts";
import {
  type BranchEnd,
  type Ending,
  type GroupEffect,
  groupEnding,
  thrown,
  value,
} from "./direct-groups.ts";
import { type Group, gather, resume, Strand, type StrandPlace } from "./direct-strand.ts";

export type Leaf = Extract<
  Effect,
  { kind: "compute" | "step" | "sleep" | "sleepUntil" | "receive" | "child" | "childEnd" }
>;
export type Write = Extract<Effect, { kind: "checkpoint" | "variable" | "set" }>;
export type FromRun = Extract<Effect, { kind: "now" | "random" | "uuid" | "info" }>;

/** What a body is told that does not come of itself. */
export interface DirectScript {
  /** @throws what is thrown into the body. */
  write(effect: Write, path: string): unknown;
  isPatched(id: string): boolean;
  answer(effect: FromRun): unknown;
  /** Every effect that is asked for, by kind. */
  readonly onAsked: (kind: Effect["kind"]) => void;
  /** A signal was read. */
  readonly onRead: (id: string) => void;
}

/** How the whole body ended. */
export type DirectEnd =
  | { readonly kind: "returned"; readonly ending: Ending }
  | { readonly kind: "cancelled"; readonly reason: string }
  | { readonly kind: "continued"; readonly input: unknown };

interface Sent {
  readonly id: string;
  readonly value: unknown;
}

const NO_PATH: ReadonlySet<Effect["kind"]> = new Set([
  "patched",
  "cancelTask",
  "fail",
  "continueAsNew",
  "now",
  "random",
  "uuid",
  "info",
  "log",
]);

export class Direct {
  readonly #script: DirectScript;
  readonly #pending = new Map<string, { readonly leaf: Leaf; readonly strand: Strand }>();
  readonly #over = new Set<string>();
  readonly #unread = new Map<string, Sent[]>();
  #queue: (() => void)[] = [];
  #born = 0;
  #root: Strand | undefined;
  #cancelled: Cancelled | undefined;
  #end: DirectEnd | undefined;

  constructor(script: DirectScript) {
    this.#script = script;
  }

  get end(): DirectEnd | undefined {
    return this.#end;
  }

  /** Where it waits, by path, in the order in which it was asked. */
  get pending(): ReadonlyMap<string, { readonly leaf: Leaf }> {
    return this.#pending;
  }

  begin(body: Branch<unknown>): void {
    this.#root = this.#make(body, { prefix: "" });
    this.#root.onEnd = (ending) => this.#finish(ending);
    this.#ready(this.#root, value(undefined));
    this.#rest();
  }

  signal(name: string, id: string, sent: unknown): void {
    for (const [path, { leaf, strand }] of this.#pending) {
      if (leaf.kind !== "receive" || leaf.name !== name) continue;
      this.#leave(path);
      this.#script.onRead(id);
      this.#ready(strand, value(sent));
      this.#rest();
      return;
    }
    this.#unread.set(name, [...(this.#unread.get(name) ?? []), { id, value: sent }]);
  }

  cancel(reason: string): void {
    if (this.#cancelled !== undefined || this.#root === undefined) return;
    this.#cancelled = new Cancelled(reason);
    this.#strike(this.#root, thrown(this.#cancelled));
    this.#rest();
  }

  /** `late`: that path was over before; `unknown`: nobody ever waited there. */
  settle(path: string, ending: Ending): "woken" | "late" | "unknown" {
    const waiting = this.#pending.get(path);
    if (waiting === undefined) return this.#over.has(path) ? "late" : "unknown";
    this.#leave(path);
    this.#ready(waiting.strand, ending);
    this.#rest();
    return "woken";
  }

  /** The unread signals of one name, for the run that continues this one. */
  unread(name: string): readonly Sent[] {
    return this.#unread.get(name) ?? [];
  }

  #rest(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (this.#end === undefined) next();
    }
  }

  #make(branch: Branch<unknown>, place: Omit<StrandPlace, "born">): Strand {
    return new Strand(branch, { ...place, born: this.#born++ });
  }

  #ready(strand: Strand, ending: Ending): void {
    strand.leave = undefined;
    strand.group = undefined;
    this.#queue.push(() => this.#run(strand, ending));
  }

  #leave(path: string): void {
    this.#pending.delete(path);
    this.#over.add(path);
  }

  #run(strand: Strand, first: Ending): void {
    let next: Ending | undefined = first;
    while (next !== undefined && this.#end === undefined) {
      const { ended, asked } = resume(strand, next);
      if (ended !== undefined) {
        this.#ended(strand, ended);
        return;
      }
      const effect = askedEffect(asked);
      if (effect === undefined) throw new Error("a program of the simulator asks by yield*");
      next = this.#ask(strand, effect);
    }
  }

  /** Undefined: it waits. */
  #ask(strand: Strand, effect: Effect): Ending | undefined {
    this.#script.onAsked(effect.kind);
    const path = NO_PATH.has(effect.kind) ? "" : `${strand.prefix}${strand.asked++}`;
    switch (effect.kind) {
      case "checkpoint":
      case "variable":
      case "set":
        return attempt(() => this.#script.write(effect, path));
      case "compute":
      case "step":
      case "sleep":
      case "sleepUntil":
      case "receive":
      case "child":
      case "childEnd":
        return this.#wait(strand, effect, path);
      case "spawn":
        return value(taskHandle(this.#spawn(strand, effect.branch, path)));
      case "join":
        return this.#join(strand, effect.task);
      case "all":
      case "race":
      case "allSettled":
      case "any":
      case "map":
      case "shield":
      case "saga":
        return this.#split(strand, effect, path);
      default:
        return this.#atOnce(effect);
    }
  }

  #atOnce(
    effect: Extract<
      Effect,
      { kind: "patched" | "cancelTask" | "fail" | "continueAsNew" | "log" | FromRun["kind"] }
    >,
  ): Ending | undefined {
    switch (effect.kind) {
      case "patched":
        return value(this.#script.isPatched(effect.name));
      case "fail":
        return thrown(Object.assign(effect.error, { nonRetryable: true }));
      case "continueAsNew":
        this.#end = { kind: "continued", input: effect.input };
        return;
      case "log":
        return value(undefined);
      case "cancelTask": {
        const { task, reason } = effect;
        if (task instanceof Strand) this.#strikeTask(task, reason);
        return value(undefined);
      }
      default:
        return value(this.#script.answer(effect));
    }
  }

  #wait(strand: Strand, leaf: Leaf, path: string): Ending | undefined {
    if (this.#isStruckHere(strand)) {
      this.#over.add(path);
      return;
    }
    const sent = leaf.kind === "receive" ? this.#unread.get(leaf.name)?.shift() : undefined;
    if (sent !== undefined) {
      this.#over.add(path);
      this.#script.onRead(sent.id);
      return value(sent.value);
    }
    strand.leave = () => this.#leave(path);
    this.#pending.set(path, { leaf, strand });
    return;
  }

  /** It comes to a place where it would wait, and a cancellation is there already. */
  #isStruckHere(strand: Strand): boolean {
    const { blow } = strand;
    if (blow === undefined) return false;
    strand.blow = undefined;
    strand.hasFelt = true;
    this.#ready(strand, blow);
    return true;
  }

  #spawn(strand: Strand, branch: Branch<unknown>, path: string): Strand {
    const task = this.#make(branch, { prefix: `${path}.0.`, saga: strand.saga });
    strand.tasks.push(task);
    this.#ready(task, value(undefined));
    return task;
  }

  #join(strand: Strand, task: object): Ending | undefined {
    if (!(task instanceof Strand)) throw new Error("a program of the simulator joins its own");
    if (this.#isStruckHere(strand)) return;
    if (task.ending !== undefined) return task.ending;
    task.joiners.push(strand);
    strand.leave = () => void task.joiners.splice(task.joiners.indexOf(strand), 1);
    return;
  }

  #split(strand: Strand, effect: GroupEffect, path: string): Ending | undefined {
    const size = effect.kind === "saga" ? 1 : effect.branches.length;
    if (size === 0) return value(effect.isTuple ? [] : {});
    const values = Array.from({ length: size }, () => undefined);
    const group: Group = {
      effect,
      path,
      values,
      strands: [],
      left: size,
      struckBy: undefined,
      parent: strand,
      isOver: false,
    };
    strand.group = group;
    const atOnce = effect.kind === "map" ? effect.concurrency : size;
    while (group.strands.length < Math.min(atOnce, size)) this.#beginNext(group);
    const { blow } = strand;
    if (blow === undefined || effect.kind === "shield") return;
    strand.blow = undefined;
    this.#strike(strand, blow);
    return;
  }

  #beginNext(group: Group): void {
    const { effect, parent, path, strands } = group;
    const slot = strands.length;
    const opened = effect.kind === "saga" ? effect.open(parent.saga) : undefined;
    const branch = opened?.branch ?? effect.branches[slot]?.branch;
    if (branch === undefined) return;
    const label = effect.branches[slot]?.label ?? "0";
    const prefix = `${path}.${label}.`;
    const saga = opened?.scope ?? parent.saga;
    const strand = this.#make(branch, { prefix, saga, of: group });
    strand.onEnd = (ending) => this.#branchEnded(group, { slot, ending });
    strands.push(strand);
    this.#ready(strand, value(undefined));
  }

  #branchEnded(group: Group, { slot, ending }: Pick<BranchEnd, "slot" | "ending">): void {
    const { parent } = group;
    if (group.isOver) return;
    const begun = group.strands.length;
    const whole = groupEnding(group, { slot, ending, begun });
    if (whole === undefined) {
      if (group.struckBy === undefined && begun < group.values.length) {
        this.#beginNext(group);
      }
      return;
    }
    group.isOver = true;
    // Whose end is the whole's may never have waited, and so never felt it: then their parent does,
    // where it waits next.
    if (group.struckBy !== undefined) {
      const isTold = !whole.ok && whole.error instanceof Cancelled;
      if (isTold || whoseEnd(group, slot, whole).some((strand) => strand.hasFelt)) {
        parent.hasFelt = true;
      } else parent.blow ??= group.struckBy;
    }
    if (group.struckBy === undefined) {
      const lost = cancelled("the branch lost");
      group.struckBy = lost;
      for (const strand of group.strands) this.#strike(strand, lost);
    }
    this.#ready(parent, whole);
  }

  #ended(strand: Strand, ending: Ending): void {
    strand.ending = ending;
    for (const joiner of strand.joiners.splice(0)) this.#ready(joiner, ending);
    strand.onEnd?.(ending);
    for (const task of strand.tasks) this.#strikeTask(task, "the parent of this task ended");
  }

  #finish(ending: Ending): void {
    const isCancelled = !ending.ok && ending.error instanceof Cancelled;
    this.#end =
      isCancelled && this.#cancelled !== undefined
        ? { kind: "cancelled", reason: this.#cancelled.message }
        : { kind: "returned", ending };
  }

  #strikeTask(task: Strand, why: string): void {
    if (task.isStruck || task.ending !== undefined) return;
    task.isStruck = true;
    this.#strike(task, cancelled(why));
  }

  #strike(strand: Strand, why: Ending): void {
    const hit: Strand[] = [];
    gather(strand, why, hit);
    hit.sort((a, b) => a.born - b.born);
    for (const each of hit) {
      if (each.leave === undefined) each.blow = why;
      else {
        each.leave();
        each.hasFelt = true;
        this.#ready(each, why);
      }
    }
  }
}

/** One that ended the whole, or all. */
function whoseEnd({ effect, strands }: Group, slot: number, { ok }: Ending): readonly Strand[] {
  const [one, isOne] = [strands.slice(slot, slot + 1), effect.kind === "any" ? ok : !ok];
  return isOne || effect.kind === "race" ? one : strands;
}

const cancelled = (why: string): Ending => thrown(new Cancelled(`${why}, and was cancelled`));

function attempt(act: () => unknown): Ending {
  try {
    return value(act());
  } catch (error) {
    return thrown(error);
  }
}
