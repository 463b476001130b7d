// One run in a TestEngine, as a test sees it.

import { endError } from "../../client/handle.ts";
import { WorkflowEnded, WorkflowNotFound } from "../../errors.ts";
import { endOf } from "../../node/describe.ts";
import { runId } from "../../std/ids.ts";
import { accepted } from "../../workflow/dsl/schema.ts";
import type { Signal } from "../../workflow/dsl/signal.ts";
import type { Step } from "../../workflow/dsl/step.ts";
import { decodeAs } from "../../workflow/dsl/value-codec.ts";
import { historyOf } from "../../workflow/history/history.ts";
import { type Fields, fieldsOf } from "../../workflow/history/value-form.ts";
import type { Barrier } from "../../workflow/interpreter/body.ts";
import { words } from "../../workflow/interpreter/divergence.ts";
import type { Reply } from "../../workflow/machine/command.ts";
import { findRun } from "../../workflow/machine/query.ts";
import { isTerminal, type Run, type RunStatus } from "../../workflow/machine/state.ts";
import { checkSignal, checkStep } from "../arguments.ts";
import { realLimit } from "../patience.ts";
import { Described, type Mismatch, TestEngineError } from "../report.ts";
import type { EffectBodies, EffectCall } from "./effect-bodies.ts";
import type { OneLog } from "./one-log.ts";
import { waitText } from "./replay-check.ts";
import { timeline, timeText } from "./timeline.ts";
import { checkPlace, type Place } from "./waiting-for.ts";

/** A workflow id in a TestEngine. Nothing moves but while one of its promises is awaited. */
export interface TestRun<O> {
  readonly workflowId: string;
  /** As of now. A run that was continued stands for the one that goes on. */
  readonly status: RunStatus["kind"];
  /**
   * Its value, once it has ended. Time passes whenever nothing else is to be done.
   * @throws WorkflowFailed (its `cause` is what the workflow threw), WorkflowCancelled,
   * WorkflowTerminated, WorkflowTimedOut; TestEngineError: it will not end, or it diverged.
   */
  result(): Promise<O>;
  /**
   * Until the run comes to this place, or this is so of it: a barrier, without a sleep.
   * @throws TestEngineError: it ended before, or nothing more happens.
   */
  until(condition: Place | ((run: TestRun<O>) => boolean)): Promise<void>;
  /** @throws WorkflowEnded, InputInvalid, Unserializable */
  signal<T>(
    signal: Signal<T, unknown>,
    ...value: undefined extends T ? [value?: T] : [value: T]
  ): Promise<void>;
  /** `Cancelled` is thrown, once, wherever the body waits. */
  cancel(reason?: string): Promise<void>;
  /** Ends it; its body is not asked. */
  terminate(reason?: string): Promise<void>;
  /** As of the last accepted write; undefined if it has not been declared. */
  variable<T = unknown>(name: string): T | undefined;
  /** Every attempt of a step, or of a compute by its name, in the order in which they began. */
  calls<I, R>(step: Step<I, R>): readonly EffectCall<I, R>[];
  calls(compute: string): readonly EffectCall<undefined>[];
  /** As JSON lines, fit for `replayHistory`; without the stacks of errors, so fit for snapshots. */
  history(): readonly string[];
  /** What happened, line by line: fit for people and for snapshots. */
  print(): string;
}

export interface TestRunParts {
  readonly log: OneLog;
  readonly bodies: EffectBodies;
  readonly isTimeStill: boolean;
  readonly workflowId: string;
}

export function createTestRun<O>(parts: TestRunParts): TestRun<O> {
  const { log, bodies, workflowId } = parts;
  const { codec } = log;
  const find = (): Run => {
    const run = runOf(parts);
    if (run === undefined) throw new WorkflowNotFound(`no run has the id "${workflowId}"`);
    return run;
  };
  const propose = async (propose: Promise<Reply>): Promise<void> => {
    const reply = await propose;
    if (reply.kind !== "ended") return;
    throw new WorkflowEnded(`${workflowId} is ${reply.status}: nothing more comes to it`);
  };
  const run: TestRun<O> = {
    workflowId,
    get status() {
      return find().status.kind;
    },
    result: async () => {
      await drive(parts, () => isTerminal(find().status), "its end");
      const end = endOf(find().status);
      if (end?.kind === "completed") return decodeAs<O>(codec, end.value);
      throw end === undefined ? notThere(parts, "its end") : endError(workflowId, end, codec);
    },
    until: async (condition) => {
      if (typeof condition === "function")
        await drive(parts, () => condition(run), "what is asked");
      else {
        checkPlace(condition);
        const isThere = (barrier: Barrier): boolean => condition.isAt(barrier, codec.hash);
        await drive(parts, () => waits(parts).some(isThere), condition.words);
      }
    },
    signal: async (signal, ...[value]) => {
      checkSignal(signal, "run.signal");
      const { name, input } = signal;
      const id = `${name} ${log.entries}`;
      const taken = await accepted(input, value, `the signal "${name}"`, realLimit());
      const sent = codec.encode(taken);
      await propose(log.propose({ kind: "signal", workflowId, id, name, value: sent }));
    },
    cancel: (reason = "the test cancelled it") =>
      propose(log.propose({ kind: "cancel", workflowId, id: `cancel ${log.entries}`, reason })),
    terminate: (reason = "the test terminated it") =>
      propose(log.propose({ kind: "terminate", runId: find().id, reason })),
    variable: <T>(name: string) => {
      const value = find().variables.get(name);
      return value === undefined ? undefined : decodeAs<T>(codec, value);
    },
    calls: <I, R>(of: Step<I, R> | string) => callsOf<I, R>(bodies, of, workflowId),
    history: () => historyOf(find()).map(withoutStacks),
    print: () => runTimeline(parts).join("\n"),
  };
  return run;
}

/** Of one run, or of all: the attempts of a step, or of a compute by its name. */
export function callsOf<I, R>(
  bodies: EffectBodies,
  of: Step<I, R> | string,
  workflowId?: string,
): readonly EffectCall<I, R>[] {
  if (typeof of !== "string") checkStep(of, "calls");
  const [asked, kindAsked] = typeof of === "string" ? [of, "compute"] : [of.stepName, "step"];
  return bodies.calls<I, R>(
    (id, { kind, name }) => kind === kindAsked && name === asked && id === (workflowId ?? id),
  );
}

/** By its workflow id, as of now; or by its run id: an earlier one of a chain. */
const runOf = ({ log: { state }, workflowId }: TestRunParts): Run | undefined =>
  findRun(state, workflowId) ?? state.runs.get(runId(workflowId));

/** Until it is so, or the run cannot come there any more. */
async function drive(parts: TestRunParts, isSo: () => boolean, place: string): Promise<void> {
  const { log, isTimeStill } = parts;
  const isOver = (): boolean => {
    const run = runOf(parts);
    return run === undefined || isTerminal(run.status) || run.status.kind === "parked";
  };
  await log.runUntil(() => isSo() || isOver(), { isTimeStill });
  if (!isSo()) throw notThere(parts, place);
}

/** What the run waits at, once all that it wrote is accepted. */
function waits(parts: TestRunParts): readonly Barrier[] {
  const run = runOf(parts);
  const driver = run === undefined ? undefined : parts.log.driverOf(run);
  if (driver?.body?.isAtRest !== true || !driver.isAccepted) return [];
  return [...driver.body.barriers.values()];
}

function runTimeline(parts: TestRunParts): readonly string[] {
  const { log, bodies } = parts;
  const run = runOf(parts);
  if (run === undefined) return [];
  const calls = bodies.callsIn(run.id);
  return timeline({ run, codec: log.codec, calls, waits: waits(parts) });
}

function notThere(parts: TestRunParts, place: string): TestEngineError {
  return new TestEngineError(whyNot(parts, place), runTimeline(parts));
}

function whyNot(parts: TestRunParts, place: string): Mismatch {
  const { log, isTimeStill, workflowId } = parts;
  const status = runOf(parts)?.status;
  if (status === undefined) return { message: `no run has the id "${workflowId}"` };
  if (status.kind === "parked") {
    const { path, recorded, actual, reason } = status.divergence;
    return {
      message: `${workflowId} is parked at ${path}: ${reason}`,
      expected: new Described(recorded),
      actual: new Described(actual),
    };
  }
  const expected = new Described(place);
  if (isTerminal(status)) {
    return {
      message: `${workflowId} has ended before`,
      expected,
      actual: new Described(status.kind),
    };
  }
  const dueInMs = log.nextDueMs - log.nowMs;
  const isTimeAll = isTimeStill && dueInMs < Number.POSITIVE_INFINITY;
  const clock = `until engine.clock.advance("${timeText(dueInMs)}")`;
  return {
    message: `nothing more happens to ${workflowId}${isTimeAll ? ` ${clock}` : ""}`,
    expected,
    actual: new Described(waits(parts).map(waitText).join(", ") || status.kind),
    hint: isTimeAll ? undefined : whatWouldMove(parts),
  };
}

/** Of what it waits at; with time to come, that moves it. */
function whatWouldMove(parts: TestRunParts): string | undefined {
  const [first] = waits(parts);
  if (first === undefined) return;
  const { child, effect } = first;
  switch (effect.kind) {
    case "receive":
      return `run.signal(${effect.name}, …), or a timeout for receive`;
    case "step":
    case "compute":
      return `${words(effect)} does not end: a timeout, or a provider that gives something`;
    case "child":
    case "childEnd":
      return `look at the child: engine.get(${effect.name}, "${child?.workflowId}").print()`;
    default:
      return;
  }
}

/** Stacks are full of places on this machine. */
function withoutStacks(line: string): string {
  const record = fieldsOf(JSON.parse(line));
  if (!("failure" in record)) return line;
  return JSON.stringify({ ...record, failure: withoutStack(fieldsOf(record["failure"])) });
}

function withoutStack({ stack: _, cause, ...rest }: Fields): Fields {
  if (cause === undefined) return rest;
  const { failure, ...other } = fieldsOf(cause);
  const below = failure === undefined ? other : { failure: withoutStack(fieldsOf(failure)) };
  return { ...rest, cause: below };
}
