// Messages between the simulated members, as bytes:
// late, lost, doubled, in any order, one way only.

import { decodeMessage, encodeMessage } from "../../../raft/codec.ts";
import type { Message } from "../../../raft/message.ts";
import type { NodeId } from "../../../std/ids.ts";
import type { Prng } from "../../../std/prng.ts";
import type { Simulator } from "../simulator.ts";
import type { NetworkSwarm } from "./swarm.ts";

const PAST_MAX = 500;

export interface Receiver {
  receive(message: Message): void;
  /** The transport says that nobody is there. */
  unreachable(id: NodeId): void;
  snapshotSent(id: NodeId, isInstalled: boolean): void;
}

export class CoreNetwork {
  readonly #sim: Simulator;
  readonly #swarm: NetworkSwarm;
  readonly #random: Prng;
  /** Who is there now, by id. */
  readonly #receivers = new Map<NodeId, Receiver>();
  readonly #cuts = new Set<string>();
  /** Of what was sent: any of it may come again. */
  readonly #past: { readonly message: Message; readonly bytes: Uint8Array }[] = [];
  #isCalm = false;

  constructor(sim: Simulator, swarm: NetworkSwarm) {
    this.#sim = sim;
    this.#swarm = swarm;
    this.#random = sim.random("network");
  }

  join(id: NodeId, receiver: Receiver): void {
    this.#receivers.set(id, receiver);
  }

  leave(id: NodeId): void {
    this.#receivers.delete(id);
  }

  cut(from: NodeId, to: NodeId): void {
    this.#cuts.add(`${from} ${to}`);
  }

  heal(): void {
    this.#cuts.clear();
  }

  /** No more faults from here on. */
  calm(): void {
    this.heal();
    this.#isCalm = true;
  }

  send(message: Message): void {
    const random = this.#random;
    const { loss, duplication } = this.#swarm;
    const isCut = this.#cuts.has(`${message.from} ${message.to}`);
    if (isCut || (!this.#isCalm && random.chance(loss))) {
      this.#tellSnapshot(message, false);
      return;
    }
    const bytes = encodeMessage(message);
    this.#carry(message, bytes);
    if (this.#isCalm) return;
    if (random.chance(duplication)) this.#carry(message, bytes);
    this.#replay(message, bytes);
  }

  #replay(message: Message, bytes: Uint8Array): void {
    const random = this.#random;
    if (this.#swarm.replay === 0) return;
    const place = this.#past.length < PAST_MAX ? this.#past.length : random.below(PAST_MAX);
    this.#past[place] = { message, bytes };
    if (!random.chance(this.#swarm.replay)) return;
    const old = this.#past[random.below(this.#past.length)];
    if (old !== undefined) this.#carry(old.message, old.bytes);
  }

  #carry(message: Message, bytes: Uint8Array): void {
    this.#sim.timers.set(this.#delayMs(), () => {
      const receiver = this.#receivers.get(message.to);
      if (receiver === undefined) {
        this.#receivers.get(message.from)?.unreachable(message.to);
        this.#tellSnapshot(message, false);
        return;
      }
      receiver.receive(decodeMessage(bytes));
      this.#tellSnapshot(message, true);
    });
  }

  #tellSnapshot({ type, from, to }: Message, isInstalled: boolean): void {
    if (type !== "snap") return;
    const sender = this.#receivers.get(from);
    if (sender === undefined) return;
    this.#sim.timers.set(1, () => {
      // Only to the process that sent it: a later one knows of no snapshot.
      if (this.#receivers.get(from) === sender) sender.snapshotSent(to, isInstalled);
    });
  }

  #delayMs(): number {
    const { delayMaxMs, tail, tailMaxMs } = this.#swarm;
    if (this.#isCalm) return 1;
    const isLate = this.#random.chance(tail);
    return 1 + this.#random.below(isLate ? tailMaxMs : delayMaxMs);
  }
}
