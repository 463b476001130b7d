// A part of a body that the direct interpreter runs by itself, and what cancellations do to it.

import type { Branch } from "../../../workflow/dsl/effect.ts";
import { type Collecting, type Ending, thrown, value } from "./direct-groups.ts";

export interface StrandPlace {
  readonly prefix: string;
  readonly born: number;
  readonly saga?: object | undefined;
  readonly of?: Group | undefined;
}

/** A part of the body that runs by itself: the body, a branch, a task. */
export class Strand {
  readonly branch: Branch<unknown>;
  readonly prefix: string;
  readonly born: number;
  readonly saga: object | undefined;
  readonly tasks: Strand[] = [];
  readonly joiners: Strand[] = [];
  /** What it is a branch of. */
  readonly of: Group | undefined;
  onEnd: ((ending: Ending) => void) | undefined;
  ending: Ending | undefined;
  /** Takes it back from what it waits at; undefined: it waits for its group, or for nothing. */
  leave: (() => void) | undefined;
  group: Group | undefined;
  /** A cancellation that it feels where it waits next. */
  blow: Ending | undefined;
  /** The last blow struck it, or what decided for it. */
  hasFelt = false;
  isStruck = false;
  asked = 0;
  generator: Iterator<unknown, unknown, unknown> | undefined;

  constructor(branch: Branch<unknown>, { prefix, born, saga, of }: StrandPlace) {
    this.branch = branch;
    this.prefix = prefix;
    this.born = born;
    this.saga = saga;
    this.of = of;
  }
}

export interface Group extends Collecting {
  readonly path: string;
  readonly parent: Strand;
  readonly strands: Strand[];
  isOver: boolean;
}

/** All that a cancellation reaches: a shield stops it, and whoever is shielded feels it after. */
export function gather(strand: Strand, why: Ending, hit: Strand[]): void {
  if (strand.ending !== undefined) return;
  strand.hasFelt = false;
  for (const task of strand.tasks) {
    if (task.isStruck) continue;
    task.isStruck = true;
    gather(task, why, hit);
  }
  const { group } = strand;
  if (group === undefined) hit.push(strand);
  else if (group.effect.kind === "shield") strand.blow = why;
  else if (group.struckBy === undefined) {
    group.struckBy = why;
    group.left -= group.values.length - group.strands.length;
    for (const branch of group.strands) gather(branch, why, hit);
  }
}

/** Runs user code to its next question, or its end. */
export function resume(
  strand: Strand,
  next: Ending,
): { readonly ended?: Ending; readonly asked?: unknown } {
  try {
    strand.generator ??= beginningOf(strand.branch);
    const { generator } = strand;
    if (!next.ok && generator.throw === undefined) throw next.error;
    const step = next.ok ? generator.next(next.value) : generator.throw?.(next.error);
    if (step?.done === false) return { asked: step.value };
    return { ended: value(step?.value) };
  } catch (error) {
    return { ended: thrown(error) };
  }
}

function beginningOf(branch: Branch<unknown>): Iterator<unknown, unknown, unknown> {
  const source = typeof branch === "function" ? branch() : branch;
  return source[Symbol.iterator]();
}
