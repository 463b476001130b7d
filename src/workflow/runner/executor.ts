// Runs one attempt of an effect body and says how it ended.
// Decides nothing about retries or ownership.

import { TimedOut } from "../../errors.ts";
import type { Timer } from "../../std/clock.ts";
import type { CallBody, CallOptions, Fx } from "../dsl/call.ts";
import { durationMs } from "../dsl/duration.ts";
import type { Outcome, Value } from "../dsl/record.ts";
import type { RunnerPorts } from "./port.ts";

/** What an attempt is given beside the user's function. */
export interface AttemptSpec {
  readonly body: CallBody;
  readonly input: unknown;
  readonly options: CallOptions;
  readonly fx: Omit<Fx, "idempotencyKey" | "signal" | "deps" | "heartbeat" | "lastHeartbeat">;
  idempotencyKey(): string;
  /** Decoded when it is looked at. */
  lastHeartbeat(): unknown;
  /** @throws what the codec throws for details that cannot be recorded. */
  onHeartbeat(details: unknown): void;
}

/** How an attempt ended; `error` is what was thrown, for the retry policy's matchers. */
export type AttemptEnd = Outcome & {
  readonly error?: unknown;
  /** Its time passed: the body may still be at work. */
  readonly isCut?: boolean;
};

/** An attempt under way. `abort` fires its signal; what it then gives is ignored. */
export interface Attempt {
  abort(why: Error): void;
}

/**
 * Calls the body now. `onEnd` is called once, never synchronously, and not at all after `abort`.
 * A body that ignores its time-out is left behind: it holds nothing of the run any more.
 */
export function runAttempt(
  spec: AttemptSpec,
  ports: Pick<RunnerPorts, "timers" | "codec" | "deps">,
  onEnd: (end: AttemptEnd) => void,
): Attempt {
  const timers = new Set<Timer>();
  let isOver = false;
  const isFirst = (): boolean => {
    if (isOver) return false;
    isOver = true;
    for (const timer of timers) timer.cancel();
    return true;
  };
  const end = (result: AttemptEnd): void => {
    if (isFirst()) onEnd(result);
  };
  const fail = (error: unknown): void =>
    end({ ok: false, failure: ports.codec.encodeError(error), error });

  const cut = (message: string): void => {
    const error = new TimedOut(message);
    end({ ok: false, failure: ports.codec.encodeError(error), error, isCut: true });
    abort(error);
  };
  const limit = (limitMs: number, message: string): Timer => {
    const timer = ports.timers.set(limitMs, () => cut(message));
    timers.add(timer);
    return timer;
  };

  const { timeout, heartbeatTimeout } = spec.options;
  if (timeout !== undefined) {
    const ms = durationMs(timeout);
    limit(ms, `the attempt took longer than ${ms} ms`);
  }
  let alive: Timer | undefined;
  const beat = (): void => {
    if (heartbeatTimeout === undefined || isOver) return;
    if (alive !== undefined) timers.delete(alive);
    alive?.cancel();
    const ms = durationMs(heartbeatTimeout);
    alive = limit(ms, `the attempt gave no heartbeat for ${ms} ms`);
  };
  const { fx, abort } = attemptFx(spec, ports.deps, (details) => {
    if (isOver) return;
    spec.onHeartbeat(details);
    beat();
  });
  beat();
  void settle(spec, fx).then((value) => encode(value, ports, end, fail), fail);
  return {
    abort: (why) => {
      if (isFirst()) abort(why);
    },
  };
}

interface AttemptFx {
  readonly fx: Fx;
  abort(why: Error): void;
}

/**
 * What most bodies never look at, and is dear, is made when they do. Own getters, so that a body
 * may spread it.
 */
function attemptFx(
  { fx, idempotencyKey, lastHeartbeat }: AttemptSpec,
  deps: unknown,
  heartbeat: (details: unknown) => void,
): AttemptFx {
  let key: string | undefined;
  let controller: AbortController | undefined;
  let abortedBy: Error | undefined;
  return {
    fx: {
      ...fx,
      deps,
      heartbeat: (details) => heartbeat(details),
      get lastHeartbeat() {
        return lastHeartbeat();
      },
      get idempotencyKey() {
        key ??= idempotencyKey();
        return key;
      },
      get signal() {
        if (controller === undefined) {
          controller = new AbortController();
          if (abortedBy !== undefined) controller.abort(abortedBy);
        }
        return controller.signal;
      },
    },
    abort: (why) => {
      abortedBy ??= why;
      controller?.abort(why);
    },
  };
}

/** Async, so that a synchronous throw is a rejection like any other. */
async function settle(spec: AttemptSpec, fx: Fx): Promise<unknown> {
  return await spec.body(spec.input, fx);
}

function encode(
  value: unknown,
  ports: Pick<RunnerPorts, "codec">,
  end: (result: AttemptEnd) => void,
  fail: (error: unknown) => void,
): void {
  let encoded: Value;
  try {
    encoded = ports.codec.encode(value);
  } catch (error) {
    fail(error);
    return;
  }
  end({ ok: true, value: encoded });
}
