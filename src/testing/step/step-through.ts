// Steps through a workflow, effect by effect: the interpreter that nodes use, and a test in the
// place of the rest of the world. Synchronous: no node, no clock, no promise.

import { checkWorkflow, type Workflow } from "../../workflow/dsl/define.ts";
import { refuseUnknown } from "../../workflow/dsl/known-options.ts";
import { acceptedNow } from "../../workflow/dsl/schema.ts";
import type { Signal } from "../../workflow/dsl/signal.ts";
import type { Step } from "../../workflow/dsl/step.ts";
import { decodeAs } from "../../workflow/dsl/value-codec.ts";
import type { Barrier } from "../../workflow/interpreter/body.ts";
import { createValueCodec } from "../../workflow/values/codec.ts";
import { checkDate, checkSignal, checkStep } from "../arguments.ts";
import type { Provider } from "../provide.ts";
import { Described } from "../report.ts";
import {
  type CallControl,
  type ChildControl,
  callControl,
  childControl,
  type SignalControl,
  signalControl,
} from "./control.ts";
import { type Current, currentOf, currentText, leavesOf, nextMove } from "./current.ts";
import { type ErrorExpectation, errorExpectationText, isExpectedError } from "./errors.ts";
import { HandJournal } from "./hand-journal.ts";
import { runAhead, runUntil } from "./run-ahead.ts";
import { createScope, type Scope } from "./scope.ts";
import { Stepper } from "./stepper.ts";
import { jsonLine, type TraceLine } from "./trace.ts";

export interface StepThroughOptions {
  /** What `info()` gives. Default "stepped". */
  readonly workflowId?: string;
  /** What `now()` gives at the start. Default 2020-01-01T00:00:00Z. */
  readonly at?: Date;
  /**
   * After every answer a fresh body is told the same answers, and must do the same. Default true.
   */
  readonly replay?: boolean;
}

/** A run that goes on only when its effects are answered. Every method throws on a mismatch. */
export interface StepThrough<O> extends Scope {
  /** What it waits at now, or how it ended. */
  readonly current: Current;
  /** The next checkpoint of this name, of those not looked at yet, with this value if given. */
  expectCheckpoint(name: string, ...value: [value?: unknown]): void;
  /** The replicated variable has this value now. */
  expectVariable(name: string, value: unknown): void;
  /** It has ended well; with this value, if one is given. */
  expectDone(...value: [value?: O]): O;
  /** Sends a signal, whether the workflow waits for it or not: it is kept until it is read. */
  signal<T>(
    signal: Signal<T, unknown>,
    ...value: undefined extends T ? [value?: T] : [value: T]
  ): void;
  /** Cancels the run: what it waits for throws `Cancelled`, once; its clean-up is stepped. */
  cancel(reason?: string): void;
  /** It has ended by the cancellation, after its clean-up. */
  expectCancelled(reason?: string): void;
  /**
   * It has failed or was cancelled, and these steps were the last that were answered, in this
   * order: what its saga undid.
   */
  expectCompensated(...undone: readonly Step<never, unknown>[]): void;
  /** A task, which `spawn` began, waits at this step, with this input if one is given. */
  expectSpawn<I, R>(step: Step<I, R>, ...input: [input?: I]): CallControl<R>;
  /** It goes on as another run; with this input, if one is given. */
  expectContinuedAsNew(...input: [input?: unknown]): unknown;
  /** It has failed: by an error of this class or name, or with a message that fits. */
  expectFailed(expected?: ErrorExpectation): Error;
  /**
   * Answers by providers until the workflow waits at this step: the way past a prefix that the test
   * is not about. Timers elapse.
   */
  runUntil<I, R>(step: Step<I, R>, providers: readonly Provider[]): CallControl<R>;
  /** As `runUntil`, to where it waits for this signal. */
  runUntilSignal<T>(signal: Signal<T>, providers: readonly Provider[]): SignalControl<T>;
  /** As `runUntil`, to where it waits for a child's start or end. */
  runUntilChild<I, C>(child: Workflow<I, C>, providers: readonly Provider[]): ChildControl<C>;
  /** Answers by providers until the end. */
  runToEnd(providers: readonly Provider[]): Current;
  /** A second run at the same place, to be answered otherwise. */
  fork(): StepThrough<O>;
  /**
   * What happened so far, as JSON: fit for a snapshot. Values that JSON lacks are in the form that
   * histories have.
   */
  trace(): readonly TraceLine[];
  /** Fails if the workflow still waits: a test that stops in the middle shows little. */
  end(): void;
  /** As `end`, for `using`; silent after another expectation failed. */
  [Symbol.dispose](): void;
}

const START_MS = Date.UTC(2020, 0, 1);

/**
 * Starts a workflow and runs it to its first wait.
 * @throws InputInvalid; RaftoralError `unserializable` for an input that could not be recorded,
 * `schema-failed` for a schema that is asynchronous: nothing can be waited for here.
 */
export function stepThrough<I, O>(
  workflow: Workflow<I, O>,
  ...[input, options = {}]: undefined extends I
    ? [input?: I, options?: StepThroughOptions]
    : [input: I, options?: StepThroughOptions]
): StepThrough<O> {
  checkWorkflow(workflow);
  refuseUnknown("stepThrough", options, { workflowId: true, at: true, replay: true });
  const { workflowId = "stepped", at, replay = true } = options;
  checkDate(at, "stepThrough: at");
  const codec = createValueCodec();
  const { name, version } = workflow;
  const journal = new HandJournal({
    workflowId,
    name,
    version,
    input: codec.encode(acceptedNow(workflow.input, input, name)),
    atMs: at?.getTime() ?? START_MS,
  });
  const parts = { workflow, codec, journal, lines: [], failures: new Map(), isReplaying: replay };
  return faceOf<O>(new Stepper(parts));
}

function faceOf<O>(stepper: Stepper): StepThrough<O> {
  return {
    ...createScope(stepper, () => stepper.waits),
    get current() {
      return currentOf(stepper);
    },
    expectCheckpoint: (name, ...expected) => expectCheckpoint(stepper, name, expected),
    expectVariable: (name, value) => expectVariable(stepper, name, value),
    expectDone: (...expected) => expectDone<O>(stepper, expected),
    expectFailed: (expected) => expectFailed(stepper, expected),
    signal: (signal, ...[value]) => {
      checkSignal(signal, "signal");
      stepper.signal(signal.name, value, signal.input);
    },
    cancel: (reason = "the test cancelled it") => stepper.cancel(reason),
    expectCancelled: (reason) => expectCancelled(stepper, reason),
    expectCompensated: (...undone) => expectCompensated(stepper, undone),
    expectSpawn: (step, ...asked) => {
      checkStep(step, "expectSpawn");
      return callControl(stepper, taskAt(stepper, step.stepName, asked));
    },
    expectContinuedAsNew: (...expected) => expectContinued(stepper, expected),
    runUntil: (step, providers) => {
      checkStep(step, "runUntil");
      return callControl(stepper, runUntil(stepper, step, providers));
    },
    runUntilSignal: (signal, providers) => {
      checkSignal(signal, "runUntilSignal");
      return signalControl(stepper, runUntil(stepper, signal, providers));
    },
    runUntilChild: (child, providers) => {
      checkWorkflow(child);
      return childControl(stepper, runUntil(stepper, child, providers));
    },
    runToEnd: (providers) => {
      runAhead(stepper, providers, () => false);
      return currentOf(stepper);
    },
    fork: () => faceOf<O>(stepper.fork()),
    trace: () => stepper.lines.map((line) => jsonLine(line, stepper.codec)),
    end: () => end(stepper),
    [Symbol.dispose]: () => {
      if (!stepper.hasFailed) end(stepper);
    },
  };
}

function expectCheckpoint(stepper: Stepper, name: string, expected: readonly unknown[]): void {
  const line = stepper.nextWrite("checkpoint", name);
  if (line === undefined)
    stepper.fail({ message: `no (further) checkpoint "${name}" was written` });
  if (expected.length === 0 || isEqual(stepper, expected[0], line.value)) return;
  stepper.fail({
    message: `the checkpoint "${name}" has another value`,
    expected: expected[0],
    actual: line.value,
  });
}

function expectVariable(stepper: Stepper, name: string, value: unknown): void {
  if (!stepper.hasVariable(name)) stepper.fail({ message: `there is no variable "${name}" (yet)` });
  const actual = stepper.variable(name);
  if (isEqual(stepper, value, actual)) return;
  stepper.fail({ message: `the variable "${name}" has another value`, expected: value, actual });
}

function expectDone<O>(stepper: Stepper, expected: readonly unknown[]): O {
  const { outcome } = stepper;
  const current = currentOf(stepper);
  if (outcome?.ok !== true || current.kind !== "done") {
    return stepper.fail({
      message: "the workflow is not done",
      hint: nextMove(current),
      expected: expected.length === 0 ? new Described("its end") : expected[0],
      actual: new Described(currentText(current)),
    });
  }
  const value = decodeAs<O>(stepper.codec, outcome.value);
  if (expected.length === 0 || isEqual(stepper, expected[0], value)) return value;
  return stepper.fail({
    message: "the workflow ended with another value",
    expected: expected[0],
    actual: value,
  });
}

function expectFailed(stepper: Stepper, expected: ErrorExpectation | undefined): Error {
  const current = currentOf(stepper);
  if (current.kind === "failed" && isExpectedError(current.error, expected)) return current.error;
  return stepper.fail({
    message: "the workflow has not failed so",
    expected: new Described(errorExpectationText(expected)),
    actual: new Described(currentText(current)),
  });
}

function expectCancelled(stepper: Stepper, reason: string | undefined): void {
  const current = currentOf(stepper);
  const isSo = current.kind === "cancelled" && (reason ?? current.reason) === current.reason;
  if (isSo) return;
  stepper.fail({
    message: "the workflow was not cancelled so",
    expected: new Described(`its cancellation${reason === undefined ? "" : `: ${reason}`}`),
    actual: new Described(currentText(current)),
  });
}

function expectCompensated(stepper: Stepper, undone: readonly Step<never, unknown>[]): void {
  const current = currentOf(stepper);
  for (const step of undone) checkStep(step, "expectCompensated");
  const names = undone.map(({ stepName }) => stepName);
  const answered = stepper.lines
    .filter(({ event, kind }) => event === "answered" && kind === "step")
    .map(({ name = "" }) => name);
  const last = answered.slice(Math.max(0, answered.length - names.length));
  const hasFailed = current.kind === "failed" || current.kind === "cancelled";
  if (hasFailed && isEqual(stepper, names, last)) return;
  const actual = hasFailed ? `${last.join(", then ")}` : currentText(current);
  stepper.fail({
    message: "the workflow has not undone so",
    expected: new Described(names.join(", then ")),
    actual: new Described(actual === "" ? "nothing" : actual),
  });
}

/** Where a task waits: its effects are not among those of the body's own branches. */
function taskAt(stepper: Stepper, name: string, asked: readonly unknown[]): Barrier {
  const own = new Set(leavesOf(stepper.waits));
  const hash = asked.length === 0 ? undefined : stepper.codec.hash(asked[0]);
  const found = stepper.barriers.find(
    ({ effect }) =>
      effect.kind === "step" &&
      effect.name === name &&
      !own.has(effect.path) &&
      (hash ?? effect.inputHash) === effect.inputHash,
  );
  if (found !== undefined) return found;
  return stepper.fail({
    message: "no task waits there",
    expected: new Described(`a task at step ${name}`),
    actual: new Described(currentText(currentOf(stepper))),
  });
}

function expectContinued(stepper: Stepper, expected: readonly unknown[]): unknown {
  const current = currentOf(stepper);
  if (current.kind !== "continuedAsNew") {
    return stepper.fail({
      message: "the workflow does not go on as a new run",
      actual: new Described(currentText(current)),
    });
  }
  const { input } = current;
  if (expected.length === 0 || isEqual(stepper, expected[0], input)) return input;
  return stepper.fail({
    message: "the next run has another input",
    expected: expected[0],
    actual: input,
  });
}

function end(stepper: Stepper): void {
  if (stepper.outcome !== undefined) return;
  stepper.fail({
    message: "the test ends while the workflow waits",
    actual: new Described(currentText(currentOf(stepper))),
    hint: nextMove(currentOf(stepper)),
  });
}

/** As recorded values are compared: whatever the order of keys, by contents. */
const isEqual = (stepper: Stepper, a: unknown, b: unknown): boolean =>
  stepper.codec.hash(a) === stepper.codec.hash(b);
