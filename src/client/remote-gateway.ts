// The gateway of a process that is no member: each call goes to some member, and again to another
// one until it is answered or its time is up. The ids are the caller's, so that asking twice starts
// nothing twice (SEMANTICS 25).

import { RaftoralError, TimedOut, typedError } from "../errors.ts";
import { MalformedError } from "../std/bytes.ts";
import type { Clock, Timers } from "../std/clock.ts";
import { deferred } from "../std/deferred.ts";
import type { ClientTransport } from "../transport/port.ts";
import type { Admin } from "./admin.ts";
import { type Answer, type Call, decodeAnswer, encodeCall } from "./api-codec.ts";
import type { ChangeRequest, Gateway, ListFilter, RunChange, RunEnd, RunPage } from "./gateway.ts";
import { decodeRunEnd } from "./run-end-codec.ts";
import {
  readChange,
  readDescription,
  readHistoryPage,
  readPage,
  readStatus,
  readVersions,
} from "./view-codec.ts";

export interface RemoteParts {
  readonly transport: ClientTransport;
  readonly clock: Clock;
  readonly timers: Timers;
  /** In [0, 1): spreads the retries. */
  unit(): number;
  /** How long a call goes on asking. */
  readonly callTimeoutMs: number;
  /** How long one member has to answer before another is asked. Default 5 s. */
  readonly attemptMs?: number;
}

const ATTEMPT_MS = 5_000;
/**
 * A member holds a wait for a run's end so long, then it is asked again: at first for short, since
 * a member that dies holds it in vain.
 */
const WAIT_FIRST_MS = 1_000;
const WAIT_MAX_MS = 10_000;
/** How much later than asked for a member's "not yet" may come. */
const WAIT_GRACE_MS = 2_000;
const PAUSE_MS = 50;
const PAUSE_MAX_MS = 1_000;

/** What another member may answer better, or the same one later. */
const isWorthAnother = ({ code, retryable }: RaftoralError): boolean =>
  retryable || ["node-stopped", "node-failed", "node-removed"].includes(code);

type DoneAnswer = Extract<Answer, { kind: "done" }>;

export class Remote {
  readonly #parts: RemoteParts;
  #clusterUuid = "";
  #isClosed = false;

  constructor(parts: RemoteParts) {
    this.#parts = parts;
  }

  /** @throws RaftoralError; TimedOut, and what was asked for may still happen. */
  call(call: Call, options: { readonly timeoutMs?: number } = {}): Promise<DoneAnswer> {
    const { attemptMs = ATTEMPT_MS, callTimeoutMs: timeoutMs } = this.#parts;
    return this.#until(call, { attemptMs, timeoutMs, ...options });
  }

  /** Asks until the run has ended; gives up only when nobody answers, or at `timeoutMs`. */
  async waitForEnd(
    workflowId: string,
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<RunEnd> {
    const { clock } = this.#parts;
    const untilMs = clock.monotonicMs() + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
    for (let waitMs = WAIT_FIRST_MS; ; waitMs = Math.min(waitMs * 2, WAIT_MAX_MS)) {
      const leftMs = untilMs - clock.monotonicMs();
      if (leftMs <= 0) throw new TimedOut(`${workflowId} has not ended in time; it goes on`);
      const limitMs = Math.ceil(Math.min(waitMs, leftMs));
      const attemptMs = limitMs + WAIT_GRACE_MS;
      const call = { kind: "wait", workflowId, limitMs } as const;
      const answer = await this.#until(call, { attemptMs, signal: options.signal });
      if (answer.bytes !== undefined) return decodeRunEnd(answer.bytes);
    }
  }

  /** One question of one member, which holds it so long. */
  async change(
    workflowId: string,
    { after, signal, timeoutMs: limitMs }: ChangeRequest,
  ): Promise<RunChange | undefined> {
    const call = { kind: "change", workflowId, after, limitMs } as const;
    const { json } = await this.#until(call, { attemptMs: limitMs + WAIT_GRACE_MS, signal });
    return json === undefined ? undefined : readChange(json);
  }

  close(): void {
    this.#isClosed = true;
    this.#parts.transport.close();
  }

  async #until(
    call: Call,
    how: {
      readonly attemptMs: number;
      readonly timeoutMs?: number;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<DoneAnswer> {
    const { clock } = this.#parts;
    const timeoutMs = how.timeoutMs ?? Math.max(this.#parts.callTimeoutMs, how.attemptMs);
    const untilMs = clock.monotonicMs() + timeoutMs;
    for (let attempt = 1; ; attempt++) {
      how.signal?.throwIfAborted();
      const leftMs = Math.max(1, untilMs - clock.monotonicMs());
      const answer = await this.#attempt(call, Math.min(how.attemptMs, leftMs));
      if (answer.kind === "done") return answer;
      if (answer.kind === "not-yet") return { kind: "done" };
      const { error } = answer;
      if (this.#isClosed || !isWorthAnother(error)) throw error;
      const pauseMs = this.#pauseMs(attempt);
      if (clock.monotonicMs() + pauseMs >= untilMs) throw lastWord(call, error);
      await this.#pause(pauseMs);
    }
  }

  async #attempt(call: Call, timeoutMs: number): Promise<Answer> {
    try {
      const body = encodeCall({ clusterUuid: this.#clusterUuid, call });
      const reply = decodeAnswer(await this.#parts.transport.call(body, { timeoutMs }));
      const { answer, clusterUuid } = reply;
      if (answer.kind === "failed") return { kind: "failed", error: typedError(answer.error) };
      if (this.#clusterUuid === "") this.#clusterUuid = clusterUuid;
      if (this.#clusterUuid === clusterUuid) return answer;
      const message = "a member of another cluster of the same name answered";
      return { kind: "failed", error: new RaftoralError("wrong-cluster", message) };
    } catch (error) {
      if (error instanceof RaftoralError) return { kind: "failed", error };
      if (!(error instanceof MalformedError)) throw error;
      return { kind: "failed", error: new RaftoralError("malformed", error.message) };
    }
  }

  #pauseMs(attempt: number): number {
    const longest = Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** Math.min(attempt, 10));
    return longest * (0.5 + this.#parts.unit() / 2);
  }

  #pause(pauseMs: number): Promise<void> {
    const { promise, resolve } = deferred<void>();
    this.#parts.timers.set(pauseMs, resolve);
    return promise;
  }
}

/** What the last attempt met says more than that the time is up. */
function lastWord(call: Call, error: RaftoralError): RaftoralError {
  if (error.code === "no-responders" || error.code === "not-connected") return error;
  return new TimedOut(
    `no member could answer a ${call.kind} in time (${error.message}); ` +
      "it may still happen: ask again with the same id",
    { cause: error },
  );
}

export function remoteGateway(remote: Remote): Gateway {
  return {
    start: async (request) => {
      const { terms, ...rest } = request;
      const text = terms === undefined ? "" : JSON.stringify(terms);
      await remote.call({ kind: "start", ...rest, terms: text });
    },
    waitForEnd: (workflowId, options) => remote.waitForEnd(workflowId, options),
    describe: async (workflowId, { stale = false }) => {
      const { json } = await remote.call({ kind: "describe", workflowId, stale });
      return json === undefined ? undefined : readDescription(json);
    },
    change: (workflowId, request) => remote.change(workflowId, request),
    variable: async (workflowId, name, { stale = false }) =>
      (await remote.call({ kind: "variable", workflowId, name, stale })).bytes,
    list: async (filter: ListFilter): Promise<RunPage> => {
      const { status = "", name = "", version = 0, idPrefix = "" } = filter;
      const { limit = 0, cursor = "", stale = false } = filter;
      const tags = filter.tags === undefined ? "" : JSON.stringify(filter.tags);
      const asked = { status, name, version, tags, idPrefix, limit, cursor, stale };
      return readPage((await remote.call({ kind: "list", ...asked })).json);
    },
    versions: async ({ stale = false }) =>
      readVersions((await remote.call({ kind: "versions", stale })).json),
    history: async (id, { from = 0, redact = false, stale = false }) =>
      readHistoryPage((await remote.call({ kind: "history", id, from, redact, stale })).json),
    signal: async (request) => {
      await remote.call({ kind: "signal", ...request });
    },
    cancel: async (request) => {
      await remote.call({ kind: "cancel", ...request });
    },
    terminate: async (workflowId, reason) => {
      await remote.call({ kind: "terminate", workflowId, reason });
    },
    resume: async (workflowId) => {
      await remote.call({ kind: "resume", workflowId });
    },
    reset: async (request) => {
      await remote.call({ kind: "reset", ...request });
    },
  };
}

export function remoteAdmin(remote: Remote): Admin {
  return {
    status: async () => readStatus((await remote.call({ kind: "status" })).json),
    remove: async (name) => {
      await remote.call({ kind: "remove", name });
    },
    transfer: async (to) => {
      await remote.call({ kind: "transfer", to });
    },
    rebalance: async () => Number((await remote.call({ kind: "rebalance" })).json),
  };
}
