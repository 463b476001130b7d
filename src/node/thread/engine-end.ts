// The engine's end of the link: does what is asked, and feeds what was applied.
//
// I1. What does not fit into the replica's queue waits here, in order; the user's side has bounded
//     how much that can be.
// I2. What concerns a run of this node is fed at once. Of the rest a standby may hear a little
//     later: each message wakes another thread.
// I3. After `ended` nothing more is posted but answers to what was asked.

import type { Timer, Timers } from "../../std/clock.ts";
import type { Engine } from "../engine.ts";
import type { GroupEvent, GroupReply } from "../group-machine.ts";
import type { NodeLog } from "../log.ts";
import type { Feed } from "./feed.ts";
import {
  type ErrorData,
  errorData,
  statusData,
  type ThreadLimits,
  type ToEngine,
  type ToUser,
} from "./messages.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Tally } from "./tally.ts";
import type { Watch } from "./watch.ts";

export interface EngineEndParts {
  readonly engine: Engine;
  readonly feed: Feed<GroupReply, GroupEvent>;
  readonly out: Outgoing<ToUser>;
  readonly tally: Tally;
  readonly watch: Watch;
  readonly log: NodeLog;
  readonly timers: Timers;
  readonly limits: ThreadLimits;
  /** Ends the process, whose user's side cannot; absent: it goes on. */
  readonly exit?: (() => void) | undefined;
}

export class EngineEnd {
  readonly #parts: EngineEndParts;
  #waiting: Uint8Array[] = [];
  #isTellDue = false;
  #beat: Timer | undefined;
  #isExiting = false;

  /** For those who look inside. */
  get engine(): Engine {
    return this.#parts.engine;
  }

  /** How often the mirror went on from a base. */
  get bases(): number {
    return this.#parts.feed.bases;
  }

  constructor(parts: EngineEndParts) {
    const { engine, out } = parts;
    this.#parts = parts;
    const status = statusData(engine.status());
    const { commandBytes, identity } = engine;
    out.post({ kind: "admitted", identity, status, commandBytes });
  }

  take(message: ToEngine): void {
    const { engine } = this.#parts;
    switch (message.kind) {
      case "open":
        this.#armBeat();
        this.#settle(message.id, engine.open(this.#listener()));
        break;
      case "submit":
        this.#waiting.push(message.command);
        if (this.#waiting.length === 1) this.#submitWaiting();
        break;
      case "ask":
        void this.#answer(message.id, message.body);
        break;
      case "stop":
        this.#settle(message.id, engine.stop(message.drainMs));
        break;
      case "leave":
        this.#settle(message.id, engine.leave(message.drainMs));
        break;
    }
  }

  #listener(): Parameters<Engine["open"]>[0] {
    const { feed, out } = this.#parts;
    return {
      onApplied: (events) => {
        if (events.some((event) => this.#isOurs(event))) feed.flush();
        this.#submitWaiting();
      },
      onRestored: () => feed.cut(),
      onEnded: (why) => {
        this.#beat?.cancel();
        feed.stop();
        out.post({ kind: "ended", why: errorData(why) });
      },
    };
  }

  #isOurs(event: GroupEvent): boolean {
    if (event.kind !== "run") return true;
    const { identity, machine } = this.#parts.engine;
    return machine.workflows.runs.get(event.runId)?.owner?.node === identity.node;
  }

  #submitWaiting(): void {
    const { engine } = this.#parts;
    let done = 0;
    for (const command of this.#waiting) {
      const { length } = command;
      if (engine.submit(command, () => this.#over(length)) === "overloaded") break;
      done++;
    }
    if (done > 0) this.#waiting = this.#waiting.slice(done);
  }

  /** Told by the feed of this turn; where there is none, by itself. */
  #over(bytes: number): void {
    const { out, tally, timers } = this.#parts;
    tally.add(bytes);
    if (this.#isTellDue) return;
    this.#isTellDue = true;
    timers.defer(() => {
      this.#isTellDue = false;
      if (!tally.isEmpty) out.post({ kind: "taken", taken: tally.take() });
    });
  }

  async #answer(id: number, body: Uint8Array): Promise<void> {
    const answer = await this.#parts.engine.answer(body);
    this.#parts.out.post({ kind: "answer", id, body: answer });
  }

  #settle(id: number, promise: Promise<void>): void {
    const { out, timers } = this.#parts;
    const tell = (error: ErrorData | undefined): void => {
      // What the engine has put off to the end of its turn is done first: the thread may go then.
      timers.defer(() => out.post({ kind: "settled", id, error }));
    };
    promise.then(
      () => tell(undefined),
      (error: unknown) => tell(errorData(error)),
    );
  }

  #armBeat(): void {
    const { limits, timers } = this.#parts;
    this.#beat = timers.set(limits.beatMs, () => {
      this.#armBeat();
      this.#look();
    });
  }

  #look(): void {
    const { engine, feed, out, watch } = this.#parts;
    this.#submitWaiting();
    watch.look();
    if (watch.isBlocked) this.#onBlocked();
    else engine.unblocked();
    feed.look();
    // One that is not seen yet says all that another one would.
    if (out.oldestUnseen === undefined) {
      out.post({ kind: "beat", status: statusData(engine.status()) });
    }
  }

  /** First its runs, then its office and its directory, in so far as they take no longer. */
  #onBlocked(): void {
    const { engine, exit, log, timers } = this.#parts;
    engine.blocked();
    if (exit === undefined || this.#isExiting) return;
    this.#isExiting = true;
    log.error("this process ends itself: its user code blocks the event loop for too long");
    timers.set(GIVE_AWAY_MS, () => {
      const last = timers.set(LAST_WORDS_MS, exit);
      const now = (): void => {
        last.cancel();
        exit();
      };
      engine.stop(LAST_WORDS_MS).then(now, now);
    });
  }
}

/** What giving the runs away may take, before the office is handed over. */
const GIVE_AWAY_MS = 500;
const LAST_WORDS_MS = 2_000;
