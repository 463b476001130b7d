import { type Duration, durationMs } from "./duration.ts";
import { type Op, op } from "./effect.ts";
import { refuseUnknown } from "./known-options.ts";
import { checkName } from "./name.ts";

declare const payload: unique symbol;

/** Names what is sent to a run from outside, and its type. Plain, frozen data. */
export interface Signal<T> {
  readonly name: string;
  /** In the type alone: no signal of one type is taken for one of another. */
  readonly [payload]?: (value: T) => T;
}

export interface ReceiveOptions {
  /** Gives `undefined` when no signal came within it. Default: waits for ever. */
  readonly timeout?: Duration;
}

/**
 * A signal of type T: `const approval = signal<{ ok: boolean }>("approval")`.
 * Sent by `run.signal(approval, …)`, taken by `yield* receive(approval)`.
 * @throws RaftoralError `invalid-argument`
 */
export function signal<T = void>(name: string): Signal<T> {
  checkName(name, "signal");
  return Object.freeze({ name });
}

/**
 * The next unread signal of this name, in the order of the log; each is taken once, however often
 * its sender sent it. Those that nobody reads are kept. With a time-out, `undefined` when it has
 * passed.
 * @throws RaftoralError `invalid-argument`
 */
export function receive<T>(signal: Signal<T>): Op<T>;
export function receive<T>(signal: Signal<T>, options: ReceiveOptions): Op<T | undefined>;
export function receive<T>({ name }: Signal<T>, options: ReceiveOptions = {}): Op<T | undefined> {
  checkName(name, "signal");
  refuseUnknown("receive", options, { timeout: true });
  const { timeout } = options;
  const timeoutMs = timeout === undefined ? undefined : durationMs(timeout);
  return op({ kind: "receive", name, timeoutMs });
}
