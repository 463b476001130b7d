// Requests over NATS from one process, and what comes to its inbox.

import type { Msg } from "nats";
import { RaftoralError } from "../errors.ts";
import { MalformedError } from "../std/bytes.ts";
import type { Timers } from "../std/clock.ts";
import { deferred } from "../std/deferred.ts";
import { type Callee, Calls } from "./calls.ts";
import { deliveryError } from "./delivery-error.ts";
import type { NatsLink } from "./nats-connection.ts";
import { Inbox, inboxOf } from "./nats-subjects.ts";
import {
  decodeRpc,
  encodeRpc,
  RPC_FORMAT,
  type RpcFrame,
  UnknownFormatError,
} from "./rpc-codec.ts";

export type Answer = Extract<RpcFrame, { kind: "reply" | "pong" }>;

/** One that can be answered: to its sender's own inbox. */
export interface Request {
  readonly peer: string;
  readonly reply: string;
  readonly frame: Extract<RpcFrame, { kind: "request" | "ping" }>;
}

export interface RpcCounters {
  /** No frame of ours. */
  malformed: number;
  /** A frame of ours where it does not belong, or from nobody that may send it. */
  foreign: number;
  /** Nobody waits for it any more. */
  lateReplies: number;
  /** The server says that nobody hears the subject. */
  noResponders: number;
  /** Of another version. */
  formatUnknown: number;
}

export interface NatsRpcParts {
  readonly name: string;
  readonly life: string;
  readonly link: NatsLink;
  readonly timers: Timers;
  /** A message, no request, that nobody heard. */
  onUnheard(peer: string): void;
}

/** After the first answer to a question to all, the others have so long. */
const GATHER_MS = 50;

export class NatsRpc {
  readonly counters: RpcCounters = {
    malformed: 0,
    foreign: 0,
    lateReplies: 0,
    noResponders: 0,
    formatUnknown: 0,
  };
  readonly inbox: Inbox;
  readonly #parts: NatsRpcParts;
  readonly #calls: Calls<Answer>;
  readonly #gathering = new Map<number, (frame: Answer | undefined) => void>();

  constructor(parts: NatsRpcParts) {
    this.#parts = parts;
    this.inbox = new Inbox(parts.name, parts.life);
    this.#calls = new Calls(parts.timers);
    parts.link.subscribe(this.inbox.all, undefined, (message) => this.#onInbox(message));
  }

  /** @throws RaftoralError `no-responders`, `not-connected`, `timed-out`, `node-stopped`. */
  async request(to: Callee, body: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    const answer = await this.#ask(to, { kind: "request", body }, timeoutMs);
    if (answer.kind === "reply") return answer.body;
    throw new RaftoralError("malformed", `${to.peer} answered a request with a ${answer.kind}`);
  }

  /** Who of that name is there; undefined: nobody, or one that does not answer. */
  async ping(
    to: Callee,
    timeoutMs: number,
  ): Promise<Extract<Answer, { kind: "pong" }> | undefined> {
    try {
      const answer = await this.#ask(to, { kind: "ping" }, timeoutMs);
      return answer.kind === "pong" ? answer : undefined;
    } catch (error) {
      if (error instanceof RaftoralError) return;
      throw error;
    }
  }

  /** The names of all who answer; the first answer makes the wait short. */
  gather(subject: string, timeoutMs: number): Promise<readonly string[]> {
    const { link, name, timers } = this.#parts;
    const names = new Set<string>();
    const done = deferred<readonly string[]>();
    const { rpcId, answer } = this.#calls.begin({ peer: "the cluster", subject }, timeoutMs);
    const finish = (): void => {
      this.#gathering.delete(rpcId);
      done.resolve([...names]);
    };
    answer.then(finish, finish);
    this.#gathering.set(rpcId, (frame) => {
      if (frame === undefined) this.#calls.reject(rpcId, deliveryError("no-responders", name));
      else if (frame.kind === "pong") {
        names.add(frame.name);
        if (names.size === 1) timers.set(GATHER_MS, () => this.#calls.resolve(rpcId, frame));
      }
    });
    const body = encodeRpc({ kind: "ping", rpcId });
    const reply = this.inbox.replyTo(rpcId);
    if (!link.publish({ peer: "join", subject, body, reply })) finish();
    return done.promise;
  }

  /** Sends an answer to where the request said. */
  answer(request: { readonly peer: string; readonly reply: string }, frame: RpcFrame): void {
    const { peer, reply } = request;
    this.#parts.link.publish({ peer, subject: reply, body: encodeRpc(frame) });
  }

  /**
   * What a request says; undefined: nothing that can be used, counted, and told to its sender if it
   * is of another version.
   */
  open(message: Msg, peer: string): Request | undefined {
    const reply = message.reply ?? "";
    // Elsewhere it would be said in this node's name, on whatever subject the asker wants.
    const isAnswerable = reply.startsWith(inboxOf(peer));
    try {
      const frame = decodeRpc(message.data);
      const isRequest = frame.kind === "request" || frame.kind === "ping";
      if (isRequest && isAnswerable) return { peer, reply, frame };
      this.counters.foreign++;
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      if (error instanceof UnknownFormatError && isAnswerable) {
        this.counters.formatUnknown++;
        const frame = { kind: "format-unknown", rpcId: error.rpcId, known: RPC_FORMAT } as const;
        this.answer({ peer, reply }, frame);
      } else this.counters.malformed++;
    }
    return;
  }

  /** The server does not let this process publish there: whoever waits is told at once. */
  refused(subject: string): void {
    const message = `the NATS server does not allow ${this.#parts.name} to publish ${subject}`;
    this.#calls.rejectOn(subject, new RaftoralError("not-authorized", message));
  }

  close(): void {
    this.#calls.close();
  }

  #ask(
    { peer, subject }: Callee,
    what: { readonly kind: "request"; readonly body: Uint8Array } | { readonly kind: "ping" },
    timeoutMs: number,
  ): Promise<Answer> {
    const { rpcId, answer } = this.#calls.begin({ peer, subject }, timeoutMs);
    const body = encodeRpc({ ...what, rpcId });
    const reply = this.inbox.replyTo(rpcId);
    if (!this.#parts.link.publish({ peer, subject, body, reply })) {
      this.#calls.reject(rpcId, notSent(peer));
    }
    return answer;
  }

  #onInbox(message: Msg): void {
    const topic = this.inbox.topic(message.subject);
    if (topic === undefined) {
      this.counters.foreign++;
    } else if (isNobody(message)) {
      this.counters.noResponders++;
      if (topic.kind === "unheard") this.#parts.onUnheard(topic.peer);
      else this.#onNobody(topic.rpcId);
    } else if (topic.kind === "reply") this.#onReply(message, topic.rpcId);
    else this.counters.foreign++;
  }

  #onNobody(rpcId: number): void {
    const gather = this.#gathering.get(rpcId);
    if (gather !== undefined) gather(undefined);
    else {
      const to = this.#calls.asked(rpcId) ?? "that name";
      this.#calls.reject(rpcId, deliveryError("no-responders", to));
    }
  }

  #onReply(message: Msg, rpcId: number): void {
    const frame = this.#decode(message);
    if (frame === undefined) return;
    if (frame.rpcId !== rpcId || frame.kind === "request" || frame.kind === "ping") {
      this.counters.foreign++;
      return;
    }
    const gather = this.#gathering.get(rpcId);
    if (frame.kind === "format-unknown") this.#onOtherVersion(rpcId, frame.known);
    else if (gather !== undefined) gather(frame);
    else if (!this.#calls.resolve(rpcId, frame)) this.counters.lateReplies++;
  }

  #onOtherVersion(rpcId: number, known: number): void {
    this.counters.formatUnknown++;
    if (this.#gathering.has(rpcId)) return;
    const to = this.#calls.asked(rpcId) ?? "the other side";
    const message =
      `${to} speaks version ${known} of the protocol, this process ${RPC_FORMAT}: ` +
      "bring the older one up to date";
    this.#calls.reject(rpcId, new RaftoralError("version-mismatch", message));
  }

  /** A copy: what was read lives on, the client's buffer does not. */
  #decode(message: Msg): RpcFrame | undefined {
    try {
      return decodeRpc(new Uint8Array(message.data));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.counters.malformed++;
      return;
    }
  }
}

/** The server's word that nobody has subscribed: no body, status 503. */
const isNobody = (message: Msg): boolean =>
  message.data.length === 0 && message.headers?.code === 503;

const notSent = (peer: string): RaftoralError =>
  new RaftoralError(
    "not-connected",
    `nothing was sent to ${peer}: the NATS server is away, or does not take what waits for it`,
    { retryable: true },
  );
