// What arrives from the peers, to whom it concerns.

import { isResponse, type Message } from "../raft/message.ts";
import type { RawNode } from "../raft/raw-node.ts";
import { MalformedError } from "../std/bytes.ts";
import type { Clock } from "../std/clock.ts";
import type { NodeId } from "../std/ids.ts";
import type { Beginning } from "./beginning.ts";
import type { Courier } from "./deliver.ts";
import { encodeRefused, type Forward } from "./entry-codec.ts";
import type { Arrival, Inbox } from "./inbox.ts";
import { LeaderWatch } from "./leader-watch.ts";
import { lend } from "./lend.ts";
import { encodeFound } from "./mend-codec.ts";
import type { ReplicaCounters, ReplicaLimits, ReplicaOptions } from "./options.ts";
import type { Peers } from "./peers.ts";
import type { Snapshots } from "./snapshots.ts";

export interface ReceptionParts {
  readonly clock: Clock;
  readonly options: Pick<ReplicaOptions<unknown, never>, "below" | "self" | "store">;
  readonly inbox: Inbox;
  readonly peers: Peers;
  readonly courier: Courier;
  readonly counters: ReplicaCounters;
  readonly limits: Pick<ReplicaLimits, "appendBytes" | "heartbeatTicks" | "tickMs">;
  readonly beginning: Beginning;
  /** undefined: it does not run yet. */
  core(): RawNode | undefined;
  readonly gateway: { receive(from: Arrival["from"], forward: Forward): void };
  readonly notices: { proposed(by: Arrival["from"]): void };
  snapshots(): Pick<Snapshots, "asked" | "came" | "offered" | "toLend">;
  readonly proposals: { postpone(sequences: readonly number[], atMs: number): void };
}

/** So much later than it is due a heartbeat of a leader that is there may come. */
const LATE_TICKS = 2;

export class Reception {
  readonly #parts: ReceptionParts;
  readonly #leaderWatch: LeaderWatch;

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
    const { core, courier, limits, options } = parts;
    this.#leaderWatch = new LeaderWatch({
      self: options.self.id,
      silentTicks: limits.heartbeatTicks + LATE_TICKS,
      below: options.below,
      // Of no proposal, so it is nothing to whoever gets it.
      probe: (leader) => void courier.send(leader, "refused", encodeRefused([])),
      giveUp: () => void core()?.forgetLeader(),
      stand: () => void core()?.campaign(),
    });
  }

  tick(leader: NodeId): void {
    this.#leaderWatch.tick(leader);
  }

  /** A message by the transport's name of who sent it. */
  receive(name: string, body: Uint8Array): void {
    const { beginning, clock, core, inbox, peers } = this.#parts;
    if (core() === undefined && !beginning.isMending) return;
    const arrival = inbox.open(body);
    if (arrival === undefined) return;
    peers.setAddress(arrival.from, name);
    this.#leaderWatch.heard(arrival.from);
    // Only an answer shows that it hears us too: who can speak but not hear is as good as dead.
    const isAnswer = arrival.kind === "raft" && isResponse(arrival.message.type);
    if (isAnswer) peers.heard(arrival.from, clock.monotonicMs());
    else peers.reachable(arrival.from);
    this.#take(arrival);
  }

  undelivered(name: string): void {
    const { clock, core, peers } = this.#parts;
    for (const id of peers.ids(name)) {
      peers.unreachable(id, clock.monotonicMs());
      this.#leaderWatch.unheard(id);
      core()?.reportUnreachable(id);
    }
  }

  #take(arrival: Arrival): void {
    const { beginning, clock, core, counters, gateway, limits, proposals } = this.#parts;
    const { from } = arrival;
    switch (arrival.kind) {
      case "raft":
        // The core hears of a snapshot when its body is here.
        if (arrival.message.snapshot !== undefined) this.#offered(arrival.message);
        else if (core()?.step(arrival.message).ok === false) counters.refusedMessages++;
        break;
      case "snapshot-ask":
        this.#parts.snapshots().asked(from, arrival.ask);
        break;
      case "snapshot-part":
        this.#parts.snapshots().came(from, arrival.part);
        break;
      case "forward":
        this.#parts.notices.proposed(from);
        gateway.receive(from, arrival.forward);
        break;
      case "refused":
        proposals.postpone(arrival.sequences, clock.monotonicMs() + limits.tickMs);
        break;
      case "wanted":
        this.#lend(arrival);
        break;
      case "found":
        this.#believed(() => beginning.found(from, arrival.found));
        break;
    }
  }

  #offered(message: Message): void {
    const { core, snapshots } = this.#parts;
    if (core() !== undefined) this.#believed(() => snapshots().offered(message));
  }

  /** The manifest of a snapshot is read last. */
  #believed(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#parts.counters.malformed++;
    }
  }

  #lend({ from, wanted }: Arrival & { readonly kind: "wanted" }): void {
    const { core, courier, limits, options, snapshots } = this.#parts;
    const { store } = options;
    const snapshot = snapshots().toLend(wanted.stateAt);
    const found = lend(wanted, { store, core: core(), snapshot, maxBytes: limits.appendBytes });
    courier.send(from, "found", encodeFound(found));
  }
}
