// Effects without record and path: the same on every node and every replay,
// and free to add or remove.

import { type LogLevel, type Op, op, type RunInfo } from "./effect.ts";

type Fields = Readonly<Record<string, unknown>>;
type LogOf = (message: string, fields?: Fields) => Op<void>;

/** `yield* log("paid", { order })` writes at level info; once on the owner, not on replays. */
export interface Log extends LogOf {
  readonly debug: LogOf;
  readonly info: LogOf;
  readonly warn: LogOf;
  readonly error: LogOf;
}

/** Log time of the input that the body is answering: it moves only when the body waits. */
export const now = (): Op<Date> => op({ kind: "now" });

/** In [0, 1). */
export const random = (): Op<number> => op({ kind: "random" });

export const uuid = (): Op<string> => op({ kind: "uuid" });

export const info = (): Op<RunInfo> => op({ kind: "info" });

const logAt =
  (level: LogLevel): LogOf =>
  (message, fields = {}) =>
    op({ kind: "log", level, message, fields });

export const log: Log = Object.freeze(
  Object.assign((...args: Parameters<LogOf>) => logAt("info")(...args), {
    debug: logAt("debug"),
    info: logAt("info"),
    warn: logAt("warn"),
    error: logAt("error"),
  }),
);
