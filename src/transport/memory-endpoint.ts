// One name's place on the in-process network.
//
// I1. A paused place neither hears nor says anything; both wait, up to `PAUSED_QUEUE_MAX`.
// I2. A place that was cut off stays so: whoever takes the name next has a place of its own.

import type { RaftoralError } from "../errors.ts";
import type { Timer, Timers } from "../std/clock.ts";
import { deliveryError } from "./delivery-error.ts";
import type { Transport, TransportHandlers } from "./port.ts";

export interface Delivery {
  readonly kind: "message" | "request" | "call" | "reply";
  readonly from: string;
  readonly to: string;
  readonly body: Uint8Array;
}

export interface NetworkCounters {
  sent: number;
  delivered: number;
  lost: number;
  undelivered: number;
  bytes: number;
}

/** What a place needs from its network. */
export interface Carrier {
  readonly timers: Timers;
  readonly maxBodyBytes: number;
  readonly counters: NetworkCounters;
  names(): readonly string[];
  /** Of no earlier holder of any name: a late reply finds nobody. */
  nextRequestId(): number;
  /** `requestId` pairs a reply with its request; 0 where none is wanted. */
  carry(delivery: Delivery, requestId: number): void;
  leave(endpoint: Endpoint): void;
}

/** What waits for one paused name, as a server's buffer would; the rest is lost. */
export const PAUSED_QUEUE_MAX = 10_000;

interface Waiting {
  readonly to: string;
  readonly resolve: (body: Uint8Array) => void;
  readonly reject: (error: RaftoralError) => void;
  readonly timer: Timer;
}

export class Endpoint implements Transport {
  readonly name: string;
  readonly #network: Carrier;
  readonly #requests = new Map<number, Waiting>();
  #handlers: TransportHandlers | undefined;
  #state: "open" | "paused" | "closed" = "open";
  #held: (() => void)[] = [];

  constructor(name: string, network: Carrier) {
    this.name = name;
    this.#network = network;
  }

  get maxBodyBytes(): number {
    return this.#network.maxBodyBytes;
  }

  /** The network's own counters are for the whole of it. */
  get counters(): Readonly<Record<string, number>> {
    return {};
  }

  async peers(): Promise<readonly string[]> {
    return this.#network.names().filter((name) => name !== this.name);
  }

  listen(handlers: TransportHandlers): void {
    this.#handlers = handlers;
  }

  send(to: string, body: Uint8Array): void {
    if (this.#state === "closed") return;
    if (body.length > this.maxBodyBytes) this.#handlers?.onUndelivered(to, "too-large");
    else this.#carry("message", to, { body, requestId: 0 });
  }

  request(
    to: string,
    body: Uint8Array,
    options: { readonly timeoutMs: number },
  ): Promise<Uint8Array> {
    return this.ask("request", to, { body, ...options });
  }

  ask(
    kind: "request" | "call",
    to: string,
    { body, timeoutMs }: { readonly body: Uint8Array; readonly timeoutMs: number },
  ): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#state === "closed") return reject(deliveryError("closed", to));
      if (body.length > this.maxBodyBytes) return reject(deliveryError("too-large", to));
      const requestId = this.#network.nextRequestId();
      const timer = this.#network.timers.set(timeoutMs, () =>
        this.#whenAwake(() => this.#settle(requestId)?.reject(deliveryError("timed-out", to))),
      );
      this.#requests.set(requestId, { to, resolve, reject, timer });
      this.#carry(kind, to, { body, requestId });
    });
  }

  close(): void {
    const requests = [...this.#requests.keys()];
    for (const id of requests) {
      const waiting = this.#settle(id);
      waiting?.reject(deliveryError("closed", waiting.to));
    }
    this.cutOff();
  }

  cutOff(): void {
    this.#state = "closed";
    for (const { timer } of this.#requests.values()) timer.cancel();
    this.#requests.clear();
    this.#held = [];
    this.#handlers = undefined;
    this.#network.leave(this);
  }

  pause(): void {
    if (this.#state === "open") this.#state = "paused";
  }

  resume(): void {
    if (this.#state !== "paused") return;
    this.#state = "open";
    const held = this.#held;
    this.#held = [];
    for (const fn of held) this.#network.timers.defer(() => this.#whenAwake(fn));
  }

  bounced(to: string, requestId: number): void {
    this.#whenAwake(() => {
      if (requestId === 0) this.#handlers?.onUndelivered(to, "no-responders");
      else this.#settle(requestId)?.reject(deliveryError("no-responders", to));
    });
  }

  arrived({ kind, from, body }: Delivery, requestId: number): void {
    this.#whenAwake(() => {
      if (kind === "message") this.#handlers?.onMessage(from, body);
      else if (kind === "reply") this.#settle(requestId)?.resolve(body);
      else if (kind === "call") this.#answer(this.#handlers?.onCall?.(from, body), from, requestId);
      else this.#answer(this.#handlers?.onRequest(from, body), from, requestId);
    });
  }

  #answer(answer: Promise<Uint8Array> | undefined, from: string, requestId: number): void {
    answer?.then(
      (reply) => this.#carry("reply", from, { body: reply, requestId }),
      // Who asked learns by time-out, as over any network.
      () => {},
    );
  }

  #carry(
    kind: Delivery["kind"],
    to: string,
    what: { readonly body: Uint8Array; readonly requestId: number },
  ): void {
    const delivery = { kind, from: this.name, to, body: what.body.slice() };
    this.#whenAwake(() => this.#network.carry(delivery, what.requestId));
  }

  /** A stopped process does nothing now, a dead one nothing ever. */
  #whenAwake(fn: () => void): void {
    if (this.#state === "open") fn();
    else if (this.#state === "paused") {
      if (this.#held.length < PAUSED_QUEUE_MAX) this.#held.push(fn);
      else this.#network.counters.lost++;
    }
  }

  #settle(requestId: number): Waiting | undefined {
    const waiting = this.#requests.get(requestId);
    this.#requests.delete(requestId);
    waiting?.timer.cancel();
    return waiting;
  }
}
