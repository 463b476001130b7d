import { type Duration, durationMs } from "./duration.ts";
import { type Op, op } from "./effect.ts";
import { refuseUnknown } from "./known-options.ts";
import { checkName } from "./name.ts";
import { type AnySchema, checkSchema, type SchemaInput, type SchemaOutput } from "./schema.ts";

declare const payload: unique symbol;

/**
 * Names what is sent to a run from outside, and its type: what is sent, and what its schema, if it
 * has one, makes of that. Plain, frozen data.
 */
export interface Signal<I, O = I> {
  readonly name: string;
  /** What is sent must fit it. */
  readonly input?: AnySchema | undefined;
  /** In the type alone: no signal of one type is taken for one of another. */
  readonly [payload]?: { readonly sent: (value: I) => I; readonly read: O };
}

export interface SignalDefinition<S extends AnySchema> {
  /**
   * By standardschema.dev. Who sends gives what it takes; `receive` gives what it makes of that,
   * which is what is recorded: no replay asks it again.
   */
  readonly input: S;
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
export function signal<S extends AnySchema>(
  name: string,
  definition: SignalDefinition<S>,
): Signal<SchemaInput<S>, SchemaOutput<S>>;
export function signal<T = void>(name: string): Signal<T>;
export function signal(
  name: string,
  definition: { readonly input?: AnySchema } = {},
): Signal<unknown> {
  checkName(name, "signal");
  refuseUnknown("signal", definition, { input: true });
  const { input } = definition;
  checkSchema(input, `the signal "${name}"`);
  return Object.freeze({ name, ...(input === undefined ? {} : { input }) });
}

/**
 * The next unread signal of this name, in the order of the log; each is taken once, however often
 * its sender sent it. Those that nobody reads are kept. With a time-out, `undefined` when it has
 * passed.
 * @throws RaftoralError `invalid-argument`
 */
export function receive<I, O>(signal: Signal<I, O>): Op<O>;
export function receive<I, O>(signal: Signal<I, O>, options: ReceiveOptions): Op<O | undefined>;
export function receive<I, O>(
  { name, input: schema }: Signal<I, O>,
  options: ReceiveOptions = {},
): Op<O | undefined> {
  checkName(name, "signal");
  refuseUnknown("receive", options, { timeout: true });
  const { timeout } = options;
  const timeoutMs = timeout === undefined ? undefined : durationMs(timeout);
  return op({ kind: "receive", name, schema, timeoutMs });
}

/** Is it what `signal` gave? Under JavaScript anything may come. */
export const isSignal = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  typeof Reflect.get(value, "name") === "string" &&
  !("run" in value);
