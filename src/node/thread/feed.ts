// What the engine's machine has applied, on its way to the mirror on the user's side.
//
// I1. Of the entries each comes once, in log order, or is in the base that comes instead.
// I2. What was posted and not taken in is bounded: past `feedBytes` nothing is posted until the
//     other side has taken in nearly all of it, and then it gets a base.

import type { ApplyContext, StateMachine, StateView } from "../../replica/port.ts";
import type { Timers } from "../../std/clock.ts";
import { FeedWriter } from "./feed-codec.ts";
import type { ThreadLimits, ToUser } from "./messages.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Tally } from "./tally.ts";

export interface FeedParts<Reply, Event> {
  readonly machine: StateMachine<Reply, Event>;
  readonly out: Outgoing<ToUser>;
  /** Told with what is fed: it is of the same commands, mostly. */
  readonly tally: Tally;
  readonly timers: Timers;
  readonly limits: ThreadLimits;
}

type Mode =
  | { readonly kind: "live" }
  /** Until the other side has taken in what it has. */
  | { readonly kind: "cut" }
  | { readonly kind: "base"; readonly view: StateView; isBegun: boolean };

export class Feed<Reply, Event> {
  readonly #parts: FeedParts<Reply, Event>;
  readonly #turn = new FeedWriter();
  #mode: Mode = { kind: "live" };
  #isFlushDue = false;
  #isPumpDue = false;
  #isStopped = false;
  /** How often it went on from a base. */
  bases = 0;

  constructor(parts: FeedParts<Reply, Event>) {
    this.#parts = parts;
  }

  /** The machine for the replica: the same, and all that it applies is fed. */
  get machine(): StateMachine<Reply, Event> {
    const { machine } = this.#parts;
    return {
      apply: (command, context) => {
        const applied = machine.apply(command, context);
        this.#add(command, context);
        return applied;
      },
      freeze: () => machine.freeze(),
      thaw: () => machine.thaw(),
    };
  }

  /** What nobody flushed goes after `feedWaitMs`. */
  flush(): void {
    if (this.#mode.kind !== "live" || this.#turn.bytes === 0) return;
    const { limits, out, tally } = this.#parts;
    if (out.unseenBytes + this.#turn.bytes > limits.feedBytes) {
      this.cut();
      return;
    }
    const entries = this.#turn.take();
    out.post({ kind: "feed", entries, taken: tally.take() }, [entries.buffer]);
  }

  /** The state jumped, or too much is on its way: the mirror goes on from a base. */
  cut(): void {
    this.#close();
    this.#turn.drop();
    this.#mode = { kind: "cut" };
    this.#pumpSoon();
  }

  /** At every beat: what waited for the other side may go on. */
  look(): void {
    if (this.#mode.kind !== "live") this.#pump();
  }

  stop(): void {
    this.#isStopped = true;
    this.#close();
  }

  #add(command: Uint8Array, context: ApplyContext): void {
    // A base that is not taken yet will have it.
    if (this.#mode.kind === "cut") return;
    this.#turn.add(command, context);
    if (this.#turn.bytes > this.#parts.limits.feedBytes) this.cut();
    else if (!this.#isFlushDue) this.#flushSoon();
  }

  #flushSoon(): void {
    const { limits, timers } = this.#parts;
    this.#isFlushDue = true;
    timers.set(limits.feedWaitMs, () => {
      this.#isFlushDue = false;
      if (!this.#isStopped) this.flush();
    });
  }

  #pumpSoon(): void {
    if (this.#isPumpDue || this.#isStopped) return;
    this.#isPumpDue = true;
    this.#parts.timers.defer(() => {
      this.#isPumpDue = false;
      if (!this.#isStopped) this.#pump();
    });
  }

  #pump(): void {
    const { limits, machine, out } = this.#parts;
    if (this.#mode.kind === "cut") {
      if (out.unseenBytes > limits.baseBytes) return;
      // What comes from here on is behind the base.
      this.#mode = { kind: "base", view: machine.freeze(), isBegun: false };
      this.bases++;
    }
    if (this.#mode.kind === "base") this.#pumpBase(this.#mode);
  }

  /** A piece a turn, so that heartbeats go on; the replica's own snapshot ends it: then anew. */
  #pumpBase(mode: Extract<Mode, { kind: "base" }>): void {
    const { limits, out } = this.#parts;
    if (!mode.view.isOpen) {
      this.cut();
      return;
    }
    if (out.unseenBytes > limits.baseBytes) return;
    const place = mode.isBegun ? "next" : "first";
    const piece = mode.view.next();
    mode.isBegun = true;
    if (piece !== undefined) {
      const own = new Uint8Array(piece);
      out.post({ kind: "base", place, piece: own }, [own.buffer]);
      this.#pumpSoon();
      return;
    }
    mode.view.close();
    out.post({ kind: "base", place: "last", piece: undefined });
    this.#mode = { kind: "live" };
    this.flush();
  }

  #close(): void {
    if (this.#mode.kind === "base") this.#mode.view.close();
  }
}
