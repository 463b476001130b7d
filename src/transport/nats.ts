// A node's place on Core NATS (DESIGN §7).
//
// I1. A message's sender is the last token of its subject, which the server's permissions hold. No
//     message of the consensus comes by an inbox, since anybody may write to one: what comes there
//     settles a request that waits under that id, or is a hint.
// I2. Every message leaves with a reply subject, so that the server says when nobody hears it.
// I3. Bodies are copied on both ways: nothing is shared with the caller or the client's buffers.

import type { Msg } from "nats";
import { RaftoralError } from "../errors.ts";
import type { Clock, Timers } from "../std/clock.ts";
import { deliveryError } from "./delivery-error.ts";
import { isName } from "./names.ts";
import { type LinkEvent, NatsLink } from "./nats-connection.ts";
import type { NatsOptions } from "./nats-options.ts";
import { NatsRpc } from "./nats-rpc.ts";
import { API_QUEUE, Subjects, senderOf } from "./nats-subjects.ts";
import type { Transport, TransportHandlers } from "./port.ts";
import { RPC_OVERHEAD_BYTES } from "./rpc-codec.ts";

export interface NatsPlace {
  /** This node's or client's name. */
  readonly name: string;
  readonly cluster: string;
  readonly nats: NatsOptions;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Random, of this process. */
  readonly life: string;
  /** How long the first connection may take. */
  readonly connectTimeoutMs: number;
  onEvent(event: LinkEvent): void;
}

/** How long a process of the same name has to show itself. */
const TWIN_TIMEOUT_MS = 1_000;

/** @throws RaftoralError `not-connected`, `not-authorized`, `name-in-use`. */
export async function connectNats(place: NatsPlace): Promise<Transport> {
  const refused: string[] = [];
  let onLink = (_event: LinkEvent): void => {};
  const link = await NatsLink.open({
    ...place,
    onEvent: (event) => {
      if (event.kind === "refused") refused.push(`${event.operation} ${event.subject}`);
      onLink(event);
      place.onEvent(event);
    },
  });
  const transport = new NatsTransport(place, link);
  onLink = (event) => transport.onLink(event);
  try {
    await transport.begin();
    if (refused.length > 0) throw notAllowed(place.name, refused);
    return transport;
  } catch (error) {
    transport.close();
    throw error;
  }
}

/** Handlers of requests that have not answered yet; one more is dropped, and its sender waits. */
export const HANDLERS_MAX = 10_000;

class NatsTransport implements Transport {
  readonly name: string;
  readonly #life: string;
  readonly #link: NatsLink;
  readonly #subjects: Subjects;
  readonly #rpc: NatsRpc;
  readonly #counters = { overload: 0, unheard: 0, badSenders: 0 };
  #handlers: TransportHandlers | undefined;
  #isAnsweringClients = false;
  #handling = 0;
  #isClosed = false;

  constructor({ name, cluster, life, timers }: NatsPlace, link: NatsLink) {
    this.name = name;
    this.#life = life;
    this.#link = link;
    this.#subjects = new Subjects(cluster, name);
    this.#rpc = new NatsRpc({ name, life, link, timers, onUnheard: (peer) => this.#unheard(peer) });
  }

  /** Two processes of one name would each get the other's answers: the later one gives way. */
  async begin(): Promise<void> {
    await this.#link.settled();
    const self = { peer: this.name, subject: this.#subjects.to(this.name, "rpc") };
    const elder = await this.#rpc.ping(self, TWIN_TIMEOUT_MS);
    if (elder !== undefined) throw nameInUse(this.name);
    this.#hear("raft", (from, message) => {
      this.#handlers?.onMessage(from, new Uint8Array(message.data));
    });
    this.#hear("rpc", (from, message) => this.#onRequest(from, message));
    this.#link.subscribe(this.#subjects.joiners, undefined, (message) => {
      const from = this.#sender(message);
      if (from !== undefined && this.#handlers !== undefined) this.#onPing(from, message);
    });
    await this.#link.settled();
    // Two that start at once: both see each other, and one of them goes.
    const twin = await this.#rpc.ping(self, TWIN_TIMEOUT_MS);
    if (twin !== undefined && twin.life < this.#life) throw nameInUse(this.name);
  }

  get maxBodyBytes(): number {
    return this.#link.maxPayloadBytes - RPC_OVERHEAD_BYTES;
  }

  get counters(): Readonly<Record<string, number>> {
    return { ...this.#link.counters, ...this.#rpc.counters, ...this.#counters };
  }

  async peers({ timeoutMs }: { readonly timeoutMs: number }): Promise<readonly string[]> {
    if (this.#isClosed) return [];
    const names = await this.#rpc.gather(this.#subjects.join, timeoutMs);
    return names.filter((name) => isName(name) && name !== this.name);
  }

  listen(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    if (handlers.onCall === undefined || this.#isAnsweringClients) return;
    this.#isAnsweringClients = true;
    this.#link.subscribe(this.#subjects.clients, API_QUEUE, (message) => {
      const client = this.#sender(message);
      const onCall = this.#handlers?.onCall;
      if (client === undefined || onCall === undefined) return;
      this.#answer(client, message, (body) => onCall(client, body));
    });
  }

  send(to: string, body: Uint8Array): void {
    if (this.#isClosed) return;
    if (body.length > this.maxBodyBytes) {
      this.#handlers?.onUndelivered(to, "too-large");
      return;
    }
    this.#link.publish({
      peer: to,
      subject: this.#subjects.to(to, "raft"),
      body: new Uint8Array(body),
      reply: this.#rpc.inbox.unheardBy(to),
    });
  }

  async request(
    to: string,
    body: Uint8Array,
    { timeoutMs }: { readonly timeoutMs: number },
  ): Promise<Uint8Array> {
    if (this.#isClosed) throw deliveryError("closed", to);
    if (body.length > this.maxBodyBytes) throw deliveryError("too-large", to);
    const subject = this.#subjects.to(to, "rpc");
    return this.#rpc.request({ peer: to, subject }, body, timeoutMs);
  }

  onLink(event: LinkEvent): void {
    if (event.kind === "reconnected") this.#handlers?.onReconnected?.();
    if (event.kind === "refused") this.#rpc.refused(event.subject);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#handlers = undefined;
    this.#rpc.close();
    this.#link.close();
  }

  #hear(channel: "raft" | "rpc", onMessage: (from: string, message: Msg) => void): void {
    this.#link.subscribe(this.#subjects.own(channel), undefined, (message) => {
      const from = this.#sender(message);
      if (from !== undefined) onMessage(from, message);
    });
  }

  #sender(message: Msg): string | undefined {
    const from = this.#isClosed ? undefined : senderOf(message.subject);
    if (from === undefined) this.#counters.badSenders++;
    return from;
  }

  #unheard(peer: string): void {
    this.#counters.unheard++;
    this.#handlers?.onUndelivered(peer, "no-responders");
  }

  #onRequest(from: string, message: Msg): void {
    if (from === this.name) {
      this.#onPing(from, message);
      return;
    }
    this.#answer(from, message, (body) => {
      if (this.#handlers === undefined) return new Promise(() => {});
      return this.#handlers.onRequest(from, body);
    });
  }

  /** Is anybody there? Answered by the transport, whatever the node does. */
  #onPing(from: string, message: Msg): void {
    const request = this.#rpc.open(message, from);
    if (request === undefined) return;
    const { name } = this;
    const pong = { kind: "pong", rpcId: request.frame.rpcId, name, life: this.#life } as const;
    this.#rpc.answer(request, pong);
  }

  #answer(peer: string, message: Msg, handle: (body: Uint8Array) => Promise<Uint8Array>): void {
    const request = this.#rpc.open(message, peer);
    if (request?.frame.kind !== "request") return;
    const { body: asked, rpcId } = request.frame;
    if (this.#handling >= HANDLERS_MAX) {
      this.#counters.overload++;
      return;
    }
    this.#handling++;
    handle(new Uint8Array(asked)).then(
      (body) => {
        this.#handling--;
        if (body.length > this.maxBodyBytes) this.#counters.overload++;
        else this.#rpc.answer(request, { kind: "reply", rpcId, body });
      },
      // Who asked learns by time-out, as over any network.
      () => {
        this.#handling--;
      },
    );
  }
}

const nameInUse = (name: string): RaftoralError =>
  new RaftoralError(
    "name-in-use",
    `another live process of this cluster is called "${name}": give each node a name of its own`,
  );

export const notAllowed = (name: string, refused: readonly string[]): RaftoralError =>
  new RaftoralError(
    "not-authorized",
    `the NATS server does not allow "${name}": ${refused.join(", ")}; ` +
      "docs/security.md has the permissions that a node needs",
  );
