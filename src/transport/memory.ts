// A network inside one process, with the faults of a real one at hand.
//
// Models Core NATS: lossy datagrams between names, FIFO per pair unless told otherwise, an
// immediate "no responders" for a name that nobody holds, silence where a link is cut.
// I1. A body is copied once, when it is sent: sender and receiver never share bytes.
// I2. Nothing is delivered inside `send`: a receiver runs in a turn of its own.
// I3. Which faults happen is drawn from `random`, in the order of the sends:
//     a seed gives one history.

import { assert } from "../std/assert.ts";
import type { Timers } from "../std/clock.ts";
import type { Prng } from "../std/prng.ts";
import { deliveryError } from "./delivery-error.ts";
import { type Carrier, type Delivery, Endpoint, type NetworkCounters } from "./memory-endpoint.ts";
import type { ClientTransport, Transport } from "./port.ts";

export interface NetworkConditions {
  /** Chance that a message is lost. */
  readonly loss: number;
  /** Chance that a message arrives twice. */
  readonly duplication: number;
  /** Each delay is drawn evenly between the two, in milliseconds. */
  readonly delayMs: readonly [least: number, most: number];
  /** Chance that a message takes ten times the largest delay. */
  readonly straggling: number;
  /** True: a delay holds back its own message alone, so that later ones overtake it. */
  readonly isReordering: boolean;
}

export const CALM: NetworkConditions = {
  loss: 0,
  duplication: 0,
  delayMs: [0, 0],
  straggling: 0,
  isReordering: false,
};

export interface MemoryNetworkOptions {
  /** Deliveries wait by these: the world's timers, not those of a node that may die. */
  readonly timers: Timers;
  /** Needed for every condition but calm. */
  readonly random?: Prng;
  readonly conditions?: Partial<NetworkConditions>;
  /** Largest body. Default 4 MiB. */
  readonly maxBodyBytes?: number;
  /** Hears of every delivery, before it happens: the simulator's trace. */
  readonly onDelivery?: (delivery: Delivery) => void;
}

export interface MemoryNetwork {
  /** A place under this name. The name's earlier holder, if there is one, is cut off. */
  join(name: string): Transport;
  /** A client's place: its calls go to the members in turn. */
  client(name: string): ClientTransport;
  readonly conditions: NetworkConditions;
  /** From now on; what is under way stays under way. */
  setConditions(changes: Partial<NetworkConditions>): void;
  /**
   * Only names of one group reach each other; a name in none reaches nobody. Replaces earlier ones.
   */
  partition(groups: readonly (readonly string[])[]): void;
  /** Messages from one name to the other are lost in silence; the way back stays open. */
  cut(from: string, to: string): void;
  /** Ends all partitions and cuts. */
  heal(): void;
  /** What arrives meanwhile waits, up to `PAUSED_QUEUE_MAX` messages; the rest is lost. */
  pause(name: string): void;
  resume(name: string): void;
  /** Abrupt: from now on nobody listens under that name. Its requests never settle: it is dead. */
  crash(name: string): void;
  readonly counters: NetworkCounters;
}

const MAX_BODY_BYTES = 4 * 1024 * 1024;
const STRAGGLER_FACTOR = 10;

export function createMemoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  return new Network(options);
}

interface Parcel {
  readonly to: Endpoint;
  readonly delivery: Delivery;
  /** Pairs a reply with its request. */
  readonly requestId: number;
}

class Network implements MemoryNetwork, Carrier {
  readonly maxBodyBytes: number;
  readonly counters: NetworkCounters = {
    sent: 0,
    delivered: 0,
    lost: 0,
    undelivered: 0,
    bytes: 0,
  };
  readonly timers: Timers;
  readonly #random: Prng | undefined;
  readonly #onDelivery: ((delivery: Delivery) => void) | undefined;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #links = new Map<string, Parcel[]>();
  readonly #cuts = new Set<string>();
  readonly #clients = new Set<string>();
  #calls = 0;
  #groupOf: ReadonlyMap<string, number> | undefined;
  #lastRequestId = 0;
  #conditions: NetworkConditions;

  constructor(options: MemoryNetworkOptions) {
    this.timers = options.timers;
    this.maxBodyBytes = options.maxBodyBytes ?? MAX_BODY_BYTES;
    this.#random = options.random;
    this.#onDelivery = options.onDelivery;
    this.#conditions = CALM;
    this.setConditions(options.conditions ?? {});
  }

  get conditions(): NetworkConditions {
    return this.#conditions;
  }

  setConditions(changes: Partial<NetworkConditions>): void {
    const conditions = { ...this.#conditions, ...changes };
    const { loss, duplication, straggling, delayMs } = conditions;
    const isChancy = loss + duplication + straggling > 0 || delayMs[0] !== delayMs[1];
    assert(!isChancy || this.#random !== undefined, "these conditions need `random`");
    this.#conditions = conditions;
  }

  join(name: string): Transport {
    this.#clients.delete(name);
    return this.#enter(name);
  }

  client(name: string): ClientTransport {
    const endpoint = this.#enter(name);
    this.#clients.add(name);
    return {
      name,
      maxBodyBytes: this.maxBodyBytes,
      call: async (body, { timeoutMs }) => {
        const members = this.names();
        const to = members[this.#calls++ % members.length];
        if (to === undefined) throw deliveryError("no-responders", "the cluster");
        return endpoint.ask("call", to, { body, timeoutMs });
      },
      close: () => endpoint.close(),
    };
  }

  #enter(name: string): Endpoint {
    this.#endpoints.get(name)?.cutOff();
    const endpoint = new Endpoint(name, this);
    this.#endpoints.set(name, endpoint);
    return endpoint;
  }

  leave(endpoint: Endpoint): void {
    if (this.#endpoints.get(endpoint.name) === endpoint) this.#endpoints.delete(endpoint.name);
  }

  nextRequestId(): number {
    return ++this.#lastRequestId;
  }

  names(): readonly string[] {
    return [...this.#endpoints.keys()].filter((name) => !this.#clients.has(name));
  }

  partition(groups: readonly (readonly string[])[]): void {
    const groupOf = new Map<string, number>();
    for (const [i, names] of groups.entries()) for (const name of names) groupOf.set(name, i);
    this.#groupOf = groupOf;
  }

  cut(from: string, to: string): void {
    this.#cuts.add(linkOf(from, to));
  }

  heal(): void {
    this.#groupOf = undefined;
    this.#cuts.clear();
  }

  pause(name: string): void {
    this.#endpoints.get(name)?.pause();
  }

  resume(name: string): void {
    this.#endpoints.get(name)?.resume();
  }

  crash(name: string): void {
    this.#endpoints.get(name)?.cutOff();
  }

  carry(delivery: Delivery, requestId: number): void {
    const { from, to, body } = delivery;
    this.counters.sent++;
    this.counters.bytes += body.length;
    if (!this.#isOpen(from, to) || this.#draws(this.#conditions.loss)) {
      this.counters.lost++;
      return;
    }
    const endpoint = this.#endpoints.get(to);
    if (endpoint === undefined) {
      this.#bounce(delivery, requestId);
      return;
    }
    const parcel = { to: endpoint, delivery, requestId };
    this.#dispatch(parcel);
    if (this.#draws(this.#conditions.duplication)) {
      this.#dispatch({ ...parcel, delivery: { ...delivery, body: body.slice() } });
    }
  }

  #draws(chance: number): boolean {
    return chance > 0 && this.#random?.chance(chance) === true;
  }

  #isOpen(from: string, to: string): boolean {
    if (this.#cuts.size > 0 && this.#cuts.has(linkOf(from, to))) return false;
    if (this.#groupOf === undefined || from === to) return true;
    const group = this.#groupOf.get(from);
    return group !== undefined && group === this.#groupOf.get(to);
  }

  #bounce({ from, to, kind }: Delivery, requestId: number): void {
    this.counters.undelivered++;
    const sender = this.#endpoints.get(from);
    if (sender === undefined || kind === "reply") return;
    this.#after(this.#delay(), () => sender.bounced(to, requestId));
  }

  #dispatch(parcel: Parcel): void {
    if (this.#conditions.isReordering) {
      this.#after(this.#delay(), () => this.#arrive(parcel));
      return;
    }
    // Each event delivers the oldest of its link: FIFO, whatever delays were drawn.
    const key = linkOf(parcel.delivery.from, parcel.delivery.to);
    const link = this.#links.get(key) ?? [];
    this.#links.set(key, link);
    link.push(parcel);
    this.#after(this.#delay(), () => {
      const oldest = link.shift();
      if (oldest !== undefined) this.#arrive(oldest);
    });
  }

  #delay(): number {
    const [least, most] = this.#conditions.delayMs;
    if (this.#draws(this.#conditions.straggling)) return most * STRAGGLER_FACTOR;
    if (least === most) return least;
    return least + (this.#random?.unit() ?? 0) * (most - least);
  }

  #after(delayMs: number, fn: () => void): void {
    if (delayMs > 0) this.timers.set(delayMs, fn);
    else this.timers.defer(fn);
  }

  #arrive({ to, delivery, requestId }: Parcel): void {
    this.counters.delivered++;
    this.#onDelivery?.(delivery);
    to.arrived(delivery, requestId);
  }
}

/** No name contains a space. */
const linkOf = (from: string, to: string): string => `${from} ${to}`;
