import {
  invalidArgument,
  RaftoralError,
  WorkflowCancelled,
  WorkflowFailed,
  WorkflowNotFound,
  WorkflowTerminated,
  WorkflowTimedOut,
} from "../errors.ts";
import type { Limit } from "../std/within.ts";
import { type Duration, durationMs } from "../workflow/dsl/duration.ts";
import { refuseUnknown } from "../workflow/dsl/known-options.ts";
import { accepted } from "../workflow/dsl/schema.ts";
import { isSignal, type Signal } from "../workflow/dsl/signal.ts";
import { decodeAs, type ValueCodec } from "../workflow/dsl/value-codec.ts";
import type {
  Gateway,
  HistoryOptions,
  ReadOptions,
  RunDescription,
  RunEnd,
  RunStatusKind,
} from "./gateway.ts";

export interface ResultOptions {
  /** Gives up the wait, not the run. */
  readonly signal?: AbortSignal;
  /** Rejects with `TimedOut` when passed; the run goes on. Default: no limit. */
  readonly timeout?: Duration;
}

export interface ResetOptions {
  /** The path of the first effect that is done anew, or `start`. */
  readonly to: string;
}

export interface WatchOptions {
  /** Ends the watch, not the run. */
  readonly signal?: AbortSignal;
}

export interface SignalOptions {
  /** Sent again under the same id, it is the same signal. Default: a random id. */
  readonly id?: string;
}

export interface CancelOptions {
  /**
   * Sent again under the same id, it is the same cancellation: it reaches no run that continues the
   * one that it was meant for. Default: a random id.
   */
  readonly id?: string;
}

/** One workflow id, seen from here. Making a handle asks nobody; its methods do. */
export interface RunHandle<O> {
  readonly workflowId: string;
  /**
   * The workflow's return value, before, during or after its end.
   * @throws WorkflowFailed (its `cause` is what the workflow threw), WorkflowCancelled,
   * WorkflowTerminated, WorkflowTimedOut,
   * WorkflowNotFound, TimedOut; with the signal's reason when `signal` fires.
   */
  result(options?: ResultOptions): Promise<O>;
  /** @throws WorkflowNotFound */
  describe(options?: ReadOptions): Promise<RunDescription>;
  /**
   * The run's states, beginning with the present one, until it has ended. Whoever reads slowly
   * misses some in between, never the last; nothing waits in a queue.
   * @throws WorkflowNotFound; with the signal's reason when `signal` fires.
   */
  watch(options?: WatchOptions): AsyncGenerator<RunDescription, void, undefined>;
  /** @throws WorkflowNotFound; RaftoralError `variable-not-found`. */
  variable<T = unknown>(name: string, options?: ReadOptions): Promise<T>;
  /**
   * Sends the run a signal; settles once a majority has it, read or not. After a time-out send it
   * again with the same `id`: it arrives once.
   * @throws InputInvalid, WorkflowNotFound, WorkflowEnded, Unserializable; `schema-failed`,
   * `payload-too-large`, `journal-full`.
   */
  signal<T>(signal: Signal<T, unknown>, value: T, options?: SignalOptions): Promise<void>;
  /**
   * Asks the run to end: `Cancelled` is thrown, once, wherever its body waits; its clean-up may use
   * effects. Settles once that is in the log. A run that has ended stays as it is.
   * @throws WorkflowNotFound
   */
  cancel(reason?: string, options?: CancelOptions): Promise<void>;
  /** Ends the run from outside; its body is not asked. A run that has ended stays as it is. */
  terminate(reason?: string): Promise<void>;
  /**
   * What the group accepted for the run, as JSON lines: docs/concepts/histories.md. Pages are asked
   * for as the loop goes on.
   * @throws WorkflowNotFound, also when the id names another run before the last page came.
   */
  history(options?: HistoryOptions): AsyncGenerator<string, void, undefined>;
  /**
   * The run goes on as another one of its id, which has what was recorded before the effect at the
   * path `to`, or nothing (`start`): that effect, and what comes after it, runs again, under new
   * idempotency keys. It has all signals. The first one is kept, and `continued` unless it had
   * ended. Paths: `history`, or a divergence.
   * @throws WorkflowNotFound; RaftoralError `invalid-argument`: nothing is recorded at the path.
   */
  reset(options: ResetOptions): Promise<void>;
  /** Takes a parked run up again, after what parked it was mended. */
  resume(): Promise<void>;
}

/** What handles are made of. */
export interface HandleParts {
  readonly gateway: Gateway;
  readonly codec: ValueCodec;
  /** Of a schema that is asked; nothing is sent before it has answered. */
  readonly schemaLimit: Limit;
  /** A random id: of a signal, where its sender gave none. */
  newId(): string;
}

export function createHandle<O>(workflowId: string, parts: HandleParts): RunHandle<O> {
  const { gateway, codec } = parts;
  return {
    workflowId,
    result: async (options = {}) => {
      refuseUnknown("result", options, { signal: true, timeout: true });
      const { signal, timeout } = options;
      const end = await gateway.waitForEnd(workflowId, {
        ...(signal === undefined ? {} : { signal }),
        ...(timeout === undefined ? {} : { timeoutMs: durationMs(timeout) }),
      });
      if (end.kind === "completed") return decodeAs<O>(codec, end.value);
      throw endError(workflowId, end, codec);
    },
    describe: async (options = {}) => {
      const found = await gateway.describe(workflowId, options);
      if (found === undefined) throw notFound(workflowId);
      return found;
    },
    watch: (options = {}) => watch(gateway, workflowId, options),
    variable: async <T>(name: string, options: ReadOptions = {}) => {
      const value = await gateway.variable(workflowId, name, options);
      if (value === undefined) {
        throw new RaftoralError(
          "variable-not-found",
          `${workflowId} has no variable "${name}" (yet): it appears when the workflow declares it`,
        );
      }
      return decodeAs<T>(codec, value);
    },
    signal: async (signal, value, { id = parts.newId() } = {}) => {
      checkSignalId(id);
      checkSignal(signal);
      const { name, input } = signal;
      const taken = await accepted(input, value, `the signal "${name}"`, parts.schemaLimit);
      const sent = codec.encode(taken);
      await gateway.signal({ workflowId, id, name, value: sent });
    },
    cancel: async (reason = "no reason was given", { id = parts.newId() } = {}) => {
      checkSignalId(id);
      checkReason(reason);
      await gateway.cancel({ workflowId, id, reason });
    },
    terminate: async (reason = "no reason was given") => {
      checkReason(reason);
      await gateway.terminate(workflowId, reason);
    },
    history: (options = {}) => history(gateway, workflowId, options),
    reset: async (options) => {
      refuseUnknown("reset", options, { to: true });
      if (typeof options.to !== "string")
        throw invalidArgument("reset takes { to: the path of an effect }");
      return await gateway.reset({ workflowId, to: options.to, id: parts.newId() });
    },
    resume: () => gateway.resume(workflowId),
  };
}

/** One question is open so long before it is asked anew. */
const WATCH_HOLD_MS = 5_000;
const ENDS: ReadonlySet<RunStatusKind> = new Set([
  "completed",
  "failed",
  "cancelled",
  "terminated",
  "timed-out",
]);

async function* watch(
  gateway: Gateway,
  workflowId: string,
  options: WatchOptions,
): AsyncGenerator<RunDescription, void, undefined> {
  for (let after = ""; ; ) {
    const asked = { after, timeoutMs: WATCH_HOLD_MS, ...options };
    const change = await gateway.change(workflowId, asked);
    if (change === undefined) continue;
    after = change.mark;
    yield change.run;
    if (ENDS.has(change.run.status)) return;
  }
}

async function* history(
  gateway: Gateway,
  workflowId: string,
  options: HistoryOptions,
): AsyncGenerator<string, void, undefined> {
  let page = await gateway.history(workflowId, options);
  const { runId } = page;
  yield* page.lines;
  while (page.next !== undefined) {
    page = await gateway.history(runId, { ...options, from: page.next });
    yield* page.lines;
  }
}

/** What `result()` throws for an end that is no value. */
export function endError(
  workflowId: string,
  end: Exclude<RunEnd, { kind: "completed" }>,
  codec: ValueCodec,
): RaftoralError {
  switch (end.kind) {
    case "cancelled":
      return new WorkflowCancelled(`${workflowId} was cancelled: ${end.reason}`);
    case "timed-out":
      return new WorkflowTimedOut(`${workflowId} took longer than its start allowed`);
    case "terminated":
      return new WorkflowTerminated(`${workflowId} was terminated: ${end.reason}`);
    default: {
      const cause = codec.decodeError(end.failure);
      const why = `${cause.name}: ${cause.message}`;
      return new WorkflowFailed(`${workflowId} failed: ${why}`, { cause });
    }
  }
}

const SIGNAL_ID_CHARACTERS_MAX = 256;

function checkSignalId(id: string): void {
  if (typeof id === "string" && id.length >= 1 && id.length <= SIGNAL_ID_CHARACTERS_MAX) return;
  throw invalidArgument(
    `the id of a signal is a text of 1 to ${SIGNAL_ID_CHARACTERS_MAX} characters`,
  );
}

function checkSignal(signal: unknown): void {
  if (isSignal(signal)) return;
  throw invalidArgument("run.signal takes what signal(name) gave, and then the value");
}

function checkReason(reason: unknown): void {
  if (typeof reason === "string") return;
  throw invalidArgument("the reason is a text, which the end of the run tells");
}

export function notFound(workflowId: string): WorkflowNotFound {
  return new WorkflowNotFound(`no run has the id "${workflowId}": was it started here, and kept?`);
}
