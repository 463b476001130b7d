import { RaftoralError, WorkflowFailed, WorkflowNotFound, WorkflowTerminated } from "../errors.ts";
import { type Duration, durationMs } from "../workflow/dsl/duration.ts";
import { decodeAs, type ValueCodec } from "../workflow/dsl/value-codec.ts";
import type { Gateway, ReadOptions, RunDescription } from "./gateway.ts";

export interface ResultOptions {
  /** Gives up the wait, not the run. */
  readonly signal?: AbortSignal;
  /** Rejects with `TimedOut` when passed; the run goes on. Default: no limit. */
  readonly timeout?: Duration;
}

/** One workflow id, seen from here. Making a handle asks nobody; its methods do. */
export interface RunHandle<O> {
  readonly workflowId: string;
  /**
   * The workflow's return value, before, during or after its end.
   * @throws WorkflowFailed (its `cause` is what the workflow threw), WorkflowTerminated,
   * WorkflowNotFound, TimedOut; with the signal's reason when `signal` fires.
   */
  result(options?: ResultOptions): Promise<O>;
  /** @throws WorkflowNotFound */
  describe(options?: ReadOptions): Promise<RunDescription>;
  /** @throws WorkflowNotFound; RaftoralError `variable-not-found`. */
  variable<T = unknown>(name: string, options?: ReadOptions): Promise<T>;
  /** Ends the run from outside; its body is not asked. A run that has ended stays as it is. */
  terminate(reason?: string): Promise<void>;
  /** Takes a parked run up again, after what parked it was mended. */
  resume(): Promise<void>;
}

export function createHandle<O>(
  workflowId: string,
  gateway: Gateway,
  codec: ValueCodec,
): RunHandle<O> {
  return {
    workflowId,
    result: async ({ signal, timeout } = {}) => {
      const end = await gateway.waitForEnd(workflowId, {
        ...(signal === undefined ? {} : { signal }),
        ...(timeout === undefined ? {} : { timeoutMs: durationMs(timeout) }),
      });
      if (end.kind === "completed") return decodeAs<O>(codec, end.value);
      if (end.kind === "terminated") {
        throw new WorkflowTerminated(`${workflowId} was terminated: ${end.reason}`);
      }
      const cause = codec.decodeError(end.failure);
      throw new WorkflowFailed(`${workflowId} failed: ${cause.name}: ${cause.message}`, { cause });
    },
    describe: async (options = {}) => {
      const found = await gateway.describe(workflowId, options);
      if (found === undefined) throw notFound(workflowId);
      return found;
    },
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
    terminate: (reason = "no reason was given") => gateway.terminate(workflowId, reason),
    resume: () => gateway.resume(workflowId),
  };
}

export function notFound(workflowId: string): WorkflowNotFound {
  return new WorkflowNotFound(`no run has the id "${workflowId}": was it started here, and kept?`);
}
