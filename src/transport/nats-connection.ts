// One connection to NATS, kept for as long as the process wants it.
//
// I1. It reconnects for ever; only `close` ends it.
// I2. `publish` says whether the message was handed to a live connection with room left. While the
//     server is away nothing is handed over: the client would keep it and lose it in silence.
// I3. No handler's error reaches the client: one that does ends its reader, and the node is deaf.

import { connect, ErrorCode, Events, type Msg, type NatsConnection, type Status } from "nats";
import { RaftoralError } from "../errors.ts";
import type { Clock, Timers } from "../std/clock.ts";
import { deferred } from "../std/deferred.ts";
import { Backlog } from "./backlog.ts";
import { connectionOptions, type NatsOptions, serversOf } from "./nats-options.ts";

/** What happened to the connection, for the node's log. */
export type LinkEvent =
  | { readonly kind: "disconnected" | "reconnected" }
  | { readonly kind: "refused"; readonly operation: string; readonly subject: string }
  | { readonly kind: "error"; readonly code: string };

export interface LinkParts {
  readonly name: string;
  readonly nats: NatsOptions;
  readonly clock: Clock;
  readonly timers: Timers;
  /** How long the first connection may take. */
  readonly connectTimeoutMs: number;
  onEvent(event: LinkEvent): void;
}

export interface LinkCounters {
  published: number;
  received: number;
  /** Not handed over, because the server is away. */
  lostDisconnected: number;
  /** Not handed over, because what was before has not reached the server yet. */
  lostBacklog: number;
  /** The client refused it, or a handler threw. */
  failures: number;
  disconnects: number;
  reconnects: number;
  /** The server does not allow this process a subject. */
  permissionViolations: number;
  serverErrors: number;
}

/** A pause between two tries, at first and for a subject that was refused. */
const CONNECT_PAUSE_MS = 250;
const RESUBSCRIBE_MS = 1_000;
/** The server is asked how far it came when so much waits. */
const FLUSH_BYTES = 256 * 1024;

export interface Outgoing {
  /** Whose share of the backlog it takes. */
  readonly peer: string;
  readonly subject: string;
  readonly body: Uint8Array;
  /** Where an answer goes, or the server's word that nobody hears the subject. */
  readonly reply?: string;
}

export class NatsLink {
  readonly counters: LinkCounters = {
    published: 0,
    received: 0,
    lostDisconnected: 0,
    lostBacklog: 0,
    failures: 0,
    disconnects: 0,
    reconnects: 0,
    permissionViolations: 0,
    serverErrors: 0,
  };
  readonly #parts: LinkParts;
  readonly #nats: NatsConnection;
  readonly #backlog = new Backlog();
  #isConnected = true;
  #isFlushing = false;
  #isClosed = false;

  /** @throws RaftoralError `not-connected`, `not-authorized`. */
  static async open(parts: LinkParts): Promise<NatsLink> {
    const link = new NatsLink(parts, await firstConnection(parts));
    void link.#watch();
    return link;
  }

  private constructor(parts: LinkParts, nats: NatsConnection) {
    this.#parts = parts;
    this.#nats = nats;
  }

  get isConnected(): boolean {
    return this.#isConnected && !this.#isClosed;
  }

  /** The server's own limit: a restarted one may have another. */
  get maxPayloadBytes(): number {
    return this.#nats.info?.max_payload ?? 1024 * 1024;
  }

  publish({ peer, subject, body, reply }: Outgoing): boolean {
    if (!this.isConnected) {
      this.counters.lostDisconnected++;
      return false;
    }
    if (!this.#backlog.add(peer, body.length + subject.length)) {
      this.counters.lostBacklog++;
      this.#flush();
      return false;
    }
    try {
      this.#nats.publish(subject, body, reply === undefined ? {} : { reply });
    } catch {
      this.counters.failures++;
      return false;
    }
    this.counters.published++;
    if (this.#backlog.totalBytes > FLUSH_BYTES) this.#flush();
    return true;
  }

  /** Hears a subject from now on; one that the server refuses is asked for again and again. */
  subscribe(subject: string, queue: string | undefined, onMessage: (message: Msg) => void): void {
    if (this.#isClosed) return;
    this.#nats.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      callback: (refusal, message) => {
        if (refusal === null) this.#hear(message, onMessage);
        else this.#again(() => this.subscribe(subject, queue, onMessage));
      },
    });
  }

  /** Settles when the server has all that was sent until now, and knows the subscriptions. */
  async settled(): Promise<void> {
    await this.#nats.flush();
    // Refusals come by an iterator of the client's, a little later than what they are about.
    const { promise, resolve } = deferred<void>();
    this.#parts.timers.defer(resolve);
    await promise;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#backlog.clear();
    const end = (): void => {
      late.cancel();
      void this.#nats.close();
    };
    const late = this.#parts.timers.set(CLOSE_MS, end);
    // What was handed over just now still goes out.
    this.#nats.flush().then(end, end);
  }

  #hear(message: Msg, onMessage: (message: Msg) => void): void {
    if (this.#isClosed) return;
    this.counters.received++;
    try {
      onMessage(message);
    } catch {
      this.counters.failures++;
    }
  }

  #again(act: () => void): void {
    this.#parts.timers.set(RESUBSCRIBE_MS, () => {
      if (!this.#isClosed) act();
    });
  }

  /** One at a time: its answer says that what was before it has arrived. */
  #flush(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    const sent = this.#backlog.snapshot();
    const done = (): void => {
      this.#isFlushing = false;
    };
    this.#nats.flush().then(() => {
      done();
      if (this.#isConnected) this.#backlog.remove(sent);
    }, done);
  }

  async #watch(): Promise<void> {
    for await (const status of this.#nats.status()) this.#notice(status);
  }

  #notice(status: Status): void {
    const { onEvent } = this.#parts;
    switch (status.type) {
      case Events.Disconnect:
        this.counters.disconnects++;
        this.#isConnected = false;
        this.#backlog.clear();
        onEvent({ kind: "disconnected" });
        break;
      case Events.Reconnect:
        this.counters.reconnects++;
        this.#isConnected = true;
        onEvent({ kind: "reconnected" });
        break;
      case Events.Error:
        this.#onError(status);
        break;
      default:
    }
  }

  #onError({ data, permissionContext }: Status): void {
    const { onEvent } = this.#parts;
    if (permissionContext === undefined) {
      this.counters.serverErrors++;
      onEvent({ kind: "error", code: String(data) });
      return;
    }
    this.counters.permissionViolations++;
    onEvent({ kind: "refused", ...permissionContext });
  }
}

/** How long the last messages may take to leave. */
const CLOSE_MS = 1_000;

/** Tries until the time is up: a server may start after its nodes. */
async function firstConnection(parts: LinkParts): Promise<NatsConnection> {
  const { clock, connectTimeoutMs, name, nats } = parts;
  const options = connectionOptions(nats, name);
  const untilMs = clock.monotonicMs() + connectTimeoutMs;
  for (;;) {
    try {
      return await connect(options);
    } catch (cause) {
      if (isRefusal(cause)) throw notAuthorized(nats, cause);
      if (clock.monotonicMs() + CONNECT_PAUSE_MS > untilMs) throw notConnected(parts, cause);
    }
    await pause(parts.timers, CONNECT_PAUSE_MS);
  }
}

function pause(timers: Timers, delayMs: number): Promise<void> {
  const { promise, resolve } = deferred<void>();
  timers.set(delayMs, resolve);
  return promise;
}

const REFUSALS: ReadonlySet<unknown> = new Set([
  ErrorCode.AuthorizationViolation,
  ErrorCode.BadAuthentication,
  ErrorCode.BadCreds,
  ErrorCode.AuthenticationExpired,
  ErrorCode.AccountExpired,
]);

const isRefusal = (error: unknown): boolean =>
  error instanceof Error && "code" in error && REFUSALS.has(error.code);

const notAuthorized = (nats: NatsOptions, cause: unknown): RaftoralError =>
  new RaftoralError(
    "not-authorized",
    `the NATS server at ${serversOf(nats).join(", ")} refuses these credentials ` +
      `(${textOf(cause)}): compare the node's user, key or token with the server's configuration`,
    { cause },
  );

const notConnected = ({ nats, connectTimeoutMs }: LinkParts, cause: unknown): RaftoralError =>
  new RaftoralError(
    "not-connected",
    `no NATS server answered at ${serversOf(nats).join(", ")} within ${connectTimeoutMs} ms ` +
      `(${textOf(cause)}); ${HOW_TO_GET_A_SERVER}`,
    { cause, retryable: true },
  );

/** For every message that has to say it. */
export const HOW_TO_GET_A_SERVER: string =
  "start one: `nats-server` (Debian, Ubuntu: apt-get install nats-server; macOS: brew install " +
  "nats-server; others: https://github.com/nats-io/nats-server/releases)";

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
