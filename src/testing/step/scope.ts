// Expectations on what the workflow, or one branch of it, waits at.

import type { Path } from "../../std/ids.ts";
import { checkWorkflow, type Workflow } from "../../workflow/dsl/define.ts";
import { type Duration, durationMs } from "../../workflow/dsl/duration.ts";
import type { Signal } from "../../workflow/dsl/signal.ts";
import type { Step } from "../../workflow/dsl/step.ts";
import type { Barrier, WaitView } from "../../workflow/interpreter/body.ts";
import { checkSignal, checkStep } from "../arguments.ts";
import { Described, shown } from "../report.ts";
import {
  type CallControl,
  type ChildControl,
  callControl,
  childControl,
  type SignalControl,
  type SleepControl,
  signalControl,
  sleepControl,
} from "./control.ts";
import {
  type Current,
  currentOf,
  currentText,
  leavesOf,
  nextMove,
  unwrapped,
  waitingOf,
} from "./current.ts";
import {
  type AnswerOf,
  checkAsked,
  type ExpectedAt,
  isAt,
  type LabelOf,
  type Shape,
  shapeText,
} from "./shape.ts";
import type { Stepper } from "./stepper.ts";

/** What the whole workflow waits at, or one branch of it. */
export interface Scope {
  /**
   * The workflow waits at this step, with this input if one is given. Of several branches that do,
   * the first. The control answers it.
   */
  expect<I, R>(step: Step<I, R>, ...input: [input?: I]): CallControl<R>;
  expectCompute<R = unknown>(name: string): CallControl<R>;
  /** A durable timer, of this length if one is given. */
  expectSleep(duration?: Duration): SleepControl;
  /** It waits for a signal. */
  expectSignal<T>(signal: Signal<T, unknown>): SignalControl<T>;
  /** It waits for a child's end, or its start; of this input, if one is given. */
  expectChild<I, O>(workflow: Workflow<I, O>, ...input: [input?: I]): ChildControl<O>;
  /** It waits for several branches: `all`, `allSettled` or `map`; with a shape, for just these. */
  expectAll<const S extends Shape = Shape>(shape?: S): BranchesControl<LabelOf<S>>;
  /** It waits for the first of several branches to give a value. */
  expectAny<const S extends Shape>(shape: S): RaceControl<S>;
  /** It waits for the first of several branches; each waits at what the shape says. */
  expectRace<const S extends Shape>(shape: S): RaceControl<S>;
}

/** Branches that are under way. */
export interface BranchesControl<L extends string = string> {
  readonly path: string;
  readonly labels: readonly string[];
  /** One branch, to be stepped on its own; branches may be answered in any order. */
  branch(label: L): Scope;
}

export interface RaceControl<S> extends BranchesControl<LabelOf<S>> {
  /** Answers what this branch waits at; it is the first to end, and the others are cancelled. */
  win<L extends LabelOf<S>>(label: L, ...value: AnswerOf<ExpectedAt<S, L>>): void;
}

type View = () => WaitView | undefined;
type Group = Extract<WaitView, { readonly kind: "group" }>;

/** `view` says, at any time, where the scope stands; undefined when it is done. */
export function createScope(stepper: Stepper, view: () => WaitView | undefined): Scope {
  return {
    expect: (step, ...asked) => {
      checkStep(step, "expect");
      return callControl(stepper, expectStep(stepper, view(), step.stepName, asked));
    },
    expectCompute: (name) => {
      const [found] = barriersIn(stepper, view(), ({ effect }) => effect.kind === "compute");
      if (found?.effect.name === name) return callControl(stepper, found);
      return miss(stepper, view(), `compute ${name}`);
    },
    expectSleep: (duration) => {
      const found = barriersIn(stepper, view(), ({ effect }) => effect.kind === "sleep");
      const hash = duration === undefined ? undefined : String(durationMs(duration));
      const fitting = found.find(({ effect }) => hash === undefined || effect.inputHash === hash);
      if (fitting !== undefined) return sleepControl(stepper, fitting);
      return miss(stepper, view(), hash === undefined ? "sleep" : `sleep of ${hash} ms`);
    },
    expectSignal: (signal) => {
      checkSignal(signal, "expectSignal");
      const { name } = signal;
      const isIt = ({ effect }: Barrier) => effect.kind === "receive" && effect.name === name;
      const [found] = barriersIn(stepper, view(), isIt);
      if (found !== undefined) return signalControl(stepper, found);
      return miss(stepper, view(), `receive ${name}`);
    },
    expectChild: (workflow, ...asked) => {
      checkWorkflow(workflow);
      const { name } = workflow;
      const isIt = ({ effect: { kind, name: of } }: Barrier) =>
        (kind === "child" || kind === "childEnd") && of === name;
      const found = barriersIn(stepper, view(), isIt);
      const [first] = found;
      if (first === undefined) return miss(stepper, view(), `child ${name}`);
      if (asked.length === 0) return childControl(stepper, first);
      const hash = stepper.codec.hash(asked[0]);
      const fitting = found.find(({ child }) => child?.start?.inputHash === hash);
      if (fitting !== undefined) return childControl(stepper, fitting);
      return stepper.fail({
        message: `child ${name} was started with another input`,
        expected: asked[0],
        actual: first.child?.start && stepper.codec.unpack(first.child.start.input),
      });
    },
    expectAll: (shape) => {
      if (shape !== undefined) checkAsked(shape, "expectAll");
      const group = groupAt(stepper, view(), ["all", "allSettled", "map"]);
      if (shape !== undefined) checkShape(stepper, group, shape);
      return branchesControl(stepper, view, group);
    },
    expectAny: (shape) => firstControl(stepper, view, ["any"], shape),
    expectRace: (shape) => firstControl(stepper, view, ["race"], shape),
  };
}

function firstControl<S extends Shape>(
  stepper: Stepper,
  view: View,
  kinds: readonly Group["combine"][],
  shape: S,
): RaceControl<S> {
  checkAsked(shape, kinds.join());
  const group = groupAt(stepper, view(), kinds);
  checkShape(stepper, group, shape);
  return {
    ...branchesControl(stepper, view, group),
    win: (label, ...[value]) => win(stepper, view, { group, label, value }),
  };
}

function expectStep(
  stepper: Stepper,
  view: WaitView | undefined,
  name: string,
  asked: readonly unknown[],
): Barrier {
  const isIt = ({ effect }: Barrier): boolean => effect.kind === "step" && effect.name === name;
  const found = barriersIn(stepper, view, isIt);
  const [first] = found;
  if (first === undefined) return miss(stepper, view, `step ${name}`);
  if (asked.length === 0) return first;
  const hash = stepper.codec.hash(asked[0]);
  const fitting = found.find(({ effect }) => effect.inputHash === hash);
  if (fitting !== undefined) return fitting;
  return stepper.fail({
    message: `step ${name} was asked for with another input`,
    expected: asked[0],
    actual: first.call?.input,
  });
}

function barriersIn(
  stepper: Stepper,
  view: WaitView | undefined,
  isIt: (barrier: Barrier) => boolean,
): readonly Barrier[] {
  // The whole workflow: its tasks' effects too.
  if (view?.path === stepper.waits?.path) return stepper.barriers.filter(isIt);
  return leavesOf(view).flatMap((path) => {
    const barrier = stepper.barrier(path);
    return barrier !== undefined && isIt(barrier) ? [barrier] : [];
  });
}

function miss(stepper: Stepper, view: WaitView | undefined, expected: string): never {
  return stepper.fail({
    hint: nextMove(standing(stepper, view)),
    message: "the workflow is elsewhere",
    expected: new Described(expected),
    actual: new Described(whereIs(stepper, view)),
  });
}

/** What a scope waits at; of the whole workflow, how it ended. Undefined: the branch is done. */
function standing(stepper: Stepper, view: WaitView | undefined): Current | undefined {
  if (view !== undefined) return waitingOf(stepper, view);
  return stepper.outcome === undefined ? undefined : currentOf(stepper);
}

const whereIs = (stepper: Stepper, view: WaitView | undefined): string =>
  currentText(standing(stepper, view));

function groupAt(
  stepper: Stepper,
  view: WaitView | undefined,
  kinds: readonly Group["combine"][],
): Group {
  const at = unwrapped(view);
  if (at?.kind === "group" && kinds.includes(at.combine)) return at;
  return miss(stepper, view, kinds.join(" or "));
}

function checkShape(stepper: Stepper, group: Group, shape: Shape): void {
  const labels = group.branches.map(({ label }) => label);
  const isSame =
    labels.length === Object.keys(shape).length &&
    group.branches.every(({ label, isDone, waits }) => {
      const expected = shape[label];
      if (expected === undefined) return false;
      return isDone || isAt(waits === undefined ? undefined : waitingOf(stepper, waits), expected);
    });
  if (isSame) return;
  stepper.fail({
    message: `the branches of ${group.combine} at ${group.path} are others`,
    expected: new Described(shapeText(shape)),
    actual: new Described(currentText(waitingOf(stepper, group))),
  });
}

function branchesControl(
  stepper: Stepper,
  view: () => WaitView | undefined,
  group: Group,
): BranchesControl {
  const labels = group.branches.map(({ label }) => label);
  return {
    path: group.path,
    labels,
    branch: (label) => {
      if (labels.includes(label)) return createScope(stepper, () => branchAt(view(), group, label));
      return stepper.fail({
        message: `there is no branch "${label}"`,
        actual: new Described(labels.join(", ")),
      });
    },
  };
}

/** Where a branch stands now; undefined when it, or its whole group, is done. */
function branchAt(
  view: WaitView | undefined,
  { path }: { readonly path: Path },
  label: string,
): WaitView | undefined {
  const at = unwrapped(view);
  if (at?.kind !== "group" || at.path !== path) return;
  return unwrapped(at.branches.find((branch) => branch.label === label)?.waits);
}

function answer(stepper: Stepper, barrier: Barrier, value: unknown): void {
  const { effect } = barrier;
  if (effect.kind === "sleep") sleepControl(stepper, barrier).elapse();
  else if (effect.kind === "receive") stepper.signal(effect.name, value, barrier.schema);
  else stepper.resolve(effect, value);
}

function win(
  stepper: Stepper,
  view: () => WaitView | undefined,
  {
    group,
    label,
    value,
  }: { readonly group: Group; readonly label: string; readonly value: unknown },
): void {
  const waits = branchAt(view(), group, label);
  const barrier = waits?.kind === "leaf" ? stepper.barrier(waits.path) : undefined;
  if (barrier === undefined) {
    stepper.fail({
      message: `the branch "${label}" does not wait at one effect: step it by .branch("${label}")`,
      actual: new Described(whereIs(stepper, waits)),
    });
  }
  answer(stepper, barrier, value);
  const after = branchAt(view(), group, label);
  if (after === undefined) return;
  stepper.fail({
    message: `the branch "${label}" went on and has not won yet: step it by .branch("${label}")`,
    actual: new Described(`${shown(label)} waits at ${whereIs(stepper, after)}`),
  });
}
