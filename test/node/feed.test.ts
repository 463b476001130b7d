import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Feed } from "../../src/node/thread/feed.ts";
import { readFeed } from "../../src/node/thread/feed-codec.ts";
import { type ToUser, threadLimits } from "../../src/node/thread/messages.ts";
import { Outgoing } from "../../src/node/thread/outgoing.ts";
import { Tally } from "../../src/node/thread/tally.ts";
import type { StateIntake, StateMachine } from "../../src/replica/port.ts";
import { index } from "../../src/std/ids.ts";
import { prng } from "../../src/std/prng.ts";
import { ToyMachine, type ToyReply, toy } from "../fixtures/replica/toy-machine.ts";

/** What the engine applied, on its way to a mirror that is slow, in any order of events. */
const test = suite("node: feed");

const SEEDS = 300;
const STEPS = 200;

/** An engine's machine whose views a snapshot of its own may end, as the real one's. */
class Machine implements StateMachine<ToyReply, string> {
  readonly toy = new ToyMachine();
  #views = 0;

  apply(...of: Parameters<ToyMachine["apply"]>) {
    return this.toy.apply(...of);
  }

  freeze() {
    const view = this.toy.freeze();
    const number = ++this.#views;
    const isOpen = (): boolean => number === this.#views;
    return {
      get isOpen() {
        return isOpen();
      },
      next: () => {
        assert.ok(isOpen(), "a view that was ended is not read on");
        return view.next();
      },
      close: () => {},
    };
  }

  thaw(): StateIntake {
    return this.toy.thaw();
  }

  /** The replica's own snapshot begins. */
  endViews(): void {
    this.#views++;
  }
}

/** Takes the messages one by one, when it is told to. */
class Mirror {
  readonly machine = new ToyMachine();
  seen = 0;
  #intake: StateIntake | undefined;
  #at = 0;

  take(message: ToUser): void {
    this.seen++;
    if (message.kind === "feed") {
      readFeed(message.entries, (command, context) => {
        assert.ok(context.index > this.#at, `entry ${context.index} after ${this.#at}`);
        this.#at = context.index;
        this.machine.apply(command, context);
      });
    } else if (message.kind === "base") {
      if (message.place === "first") this.#intake = this.machine.thaw();
      if (message.piece !== undefined) this.#intake?.add(message.piece);
      if (message.place === "last") this.#intake?.finish();
    }
  }
}

/** Gives how often the mirror went on from a base. */
function play(seed: number): number {
  const random = prng(seed);
  const sent: ToUser[] = [];
  const deferred: (() => void)[] = [];
  const mirror = new Mirror();
  const machine = new Machine();
  const out = new Outgoing<ToUser>(
    { post: (message) => void sent.push(structuredClone(message)), listen: () => {} },
    mirror,
  );
  const feed = new Feed({
    machine,
    out,
    tally: new Tally(),
    timers: {
      set: (_delayMs, act) => {
        deferred.push(act);
        return { cancel: () => {} };
      },
      defer: (act) => void deferred.push(act),
    },
    limits: { ...threadLimits, feedBytes: 2_000, baseBytes: 800 },
  });
  let applied = 0;
  const apply = (): void => {
    applied++;
    feed.machine.apply(toy(`${applied}`), { index: index(applied), stampMs: applied });
  };
  const flush = (): void => feed.flush();
  const turn = (): void => deferred.shift()?.();
  const look = (): void => feed.look();
  const take = (): void => {
    const next = sent.shift();
    if (next !== undefined) mirror.take(next);
  };
  const snapshot = (): void => machine.endViews();
  const jump = (): void => feed.cut();
  const often = [apply, apply, apply, apply, flush, turn, turn, take, look];
  for (let i = 0; i < STEPS; i++) {
    const act = random.below(20) === 0 ? [snapshot, jump] : often;
    act[random.below(act.length)]?.();
  }
  // In the end the mirror takes all, and the feed goes on from there.
  for (let i = 0; i < STEPS; i++) for (const act of [flush, turn, take, look]) act();
  assert.equal(mirror.machine.ids, machine.toy.ids);
  assert.is(mirror.machine.duplicates, 0, "no entry is applied twice");
  return feed.bases;
}

test("each entry reaches the mirror once, in order, or is in the base that comes instead", () => {
  let bases = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      bases += play(seed);
    } catch (error) {
      throw new Error(`SEED=${seed}: ${error}`, { cause: error });
    }
  }
  assert.ok(bases > SEEDS, `${bases} bases`);
});

test("what nobody flushed goes after a moment, all in one message", () => {
  const sent: ToUser[] = [];
  const timers: { readonly delayMs: number; readonly act: () => void }[] = [];
  const feed = new Feed({
    machine: new Machine(),
    out: new Outgoing<ToUser>(
      { post: (message) => void sent.push(message), listen: () => {} },
      new Mirror(),
    ),
    tally: new Tally(),
    timers: {
      set: (delayMs, act) => {
        timers.push({ delayMs, act });
        return { cancel: () => {} };
      },
      defer: (act) => act(),
    },
    limits: threadLimits,
  });
  for (const at of [1, 2, 3]) feed.machine.apply(toy(`${at}`), { index: index(at), stampMs: at });
  assert.equal(sent, []);
  assert.equal(
    timers.map(({ delayMs }) => delayMs),
    [threadLimits.feedWaitMs],
  );
  timers[0]?.act();
  assert.equal(
    sent.map(({ kind }) => kind),
    ["feed"],
  );
});

test.run();
