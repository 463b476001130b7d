// What crosses between an engine on a thread of its own and the user's side. All of it can be
// structured-cloned; what is large is transferred.

import { type ErrorCode, RaftoralError, typedError } from "../../errors.ts";
import type { EngineIdentity, EngineStatus } from "../engine-port.ts";

/** One end: what is posted arrives whole and in order, or the other side is gone. */
export interface Link<Out, In> {
  /** `transfer`: given away, not copied. */
  post(message: Out, transfer?: readonly ArrayBuffer[]): void;
  /** Once; what came before waits for it. */
  listen(onMessage: (message: In) => void): void;
}

export type UserLink = Link<ToEngine, ToUser>;
export type EngineLink = Link<ToUser, ToEngine>;

export type ToEngine =
  | { readonly kind: "open"; readonly id: number }
  | { readonly kind: "submit"; readonly command: Uint8Array<ArrayBuffer> }
  /** A call as clients make them: see client/api-codec. */
  | { readonly kind: "ask"; readonly id: number; readonly body: Uint8Array }
  | { readonly kind: "stop" | "leave"; readonly id: number; readonly drainMs: number };

export type ToUser =
  /** The first one, unless it is `refused`. */
  | {
      readonly kind: "admitted";
      readonly identity: EngineIdentity;
      readonly status: StatusData;
      /** The largest command. */
      readonly commandBytes: number;
    }
  | { readonly kind: "refused"; readonly error: ErrorData }
  /** Commands that were applied in one turn: see feed-codec. */
  | { readonly kind: "feed"; readonly entries: Uint8Array<ArrayBuffer>; readonly taken: Taken }
  /** The state instead of what led to it; nothing else of the feed comes between its pieces. */
  | {
      readonly kind: "base";
      readonly place: "first" | "next" | "last";
      readonly piece: Uint8Array<ArrayBuffer> | undefined;
    }
  /** Where no feed goes that could tell it. */
  | { readonly kind: "taken"; readonly taken: Taken }
  | { readonly kind: "answer"; readonly id: number; readonly body: Uint8Array }
  | { readonly kind: "settled"; readonly id: number; readonly error: ErrorData | undefined }
  | { readonly kind: "beat"; readonly status: StatusData }
  /** Nothing is applied any more; `node-stopped`: since it was told to. */
  | { readonly kind: "ended"; readonly why: ErrorData };

/** So many submitted commands, of so many bytes, are out of the way. */
export interface Taken {
  readonly commands: number;
  readonly bytes: number;
}

/** An error without what cannot cross. */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: ErrorCode | undefined;
  readonly retryable: boolean;
}

export function errorData(error: unknown): ErrorData {
  if (!(error instanceof Error)) return errorData(new Error(String(error)));
  const { name, message, stack } = error;
  const isOurs = error instanceof RaftoralError;
  const code = isOurs ? error.code : undefined;
  return { name, message, stack, code, retryable: isOurs && error.retryable };
}

/** Its cause has the stack of the other thread. */
export function errorOf({ name, message, stack, code, retryable }: ErrorData): Error {
  const there = new Error(message);
  there.name = name;
  if (stack !== undefined) there.stack = stack;
  if (code === undefined) return there;
  return typedError(new RaftoralError(code, message, { cause: there, retryable }));
}

export type StatusData = Omit<EngineStatus, "replica"> & {
  readonly replica: Omit<EngineStatus["replica"], "reason">;
  readonly failure: ErrorData | undefined;
};

export function statusData({ replica, transport, ...other }: EngineStatus): StatusData {
  const { reason, ...rest } = replica;
  const failure = reason === undefined ? undefined : errorData(reason);
  return { ...other, transport: { ...transport }, replica: rest, failure };
}

export function statusOf({ failure, replica, ...other }: StatusData): EngineStatus {
  const reason = failure === undefined ? undefined : errorOf(failure);
  return { ...other, replica: { ...replica, reason } };
}

/** Named limits of what is under way between the two; what happens at each stands beside it. */
export interface ThreadLimits {
  /** Submitted commands that are not applied yet, and their bytes; more are `overloaded`. */
  readonly commands: number;
  readonly commandBytes: number;
  /** Calls that have no answer yet; more are `overloaded`. */
  readonly calls: number;
  /** Of the feed, in bytes, not taken in; then it is dropped, and goes on from a base. */
  readonly feedBytes: number;
  /** Of a base, in bytes, not taken in; the next piece waits. */
  readonly baseBytes: number;
  /** How often the engine shows its status, and looks for a sign of the user's side. */
  readonly beatMs: number;
  /** What concerns no run of this node is fed so much later: what follows soon goes with it. */
  readonly feedWaitMs: number;
}

export const threadLimits: ThreadLimits = {
  commands: 8_000,
  commandBytes: 48 * 1024 * 1024,
  calls: 10_000,
  feedBytes: 64 * 1024 * 1024,
  baseBytes: 4 * 1024 * 1024,
  beatMs: 100,
  feedWaitMs: 50,
};
