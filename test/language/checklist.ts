// What went wrong elsewhere, as laws: each row is a bug that users of other engines reported. The
// tests beside this file run each on one process, on three, on whole nodes and with a takeover at
// every entry.

import {
  type AnyWorkflow,
  all,
  allSettled,
  any,
  checkpoint,
  child,
  compute,
  continueAsNew,
  type Gen,
  map,
  now,
  race,
  receive,
  signal,
  sleep,
  spawn,
  step,
  variable,
  workflow,
} from "raftoral";
import { type Case, completed, ended } from "./cases.ts";

/** Every row has a case. */
export const ROWS = [
  "falsy values dropped",
  "all of nothing hangs",
  "NaN, -0 and undefined come back as something else",
  "order by the locale",
  "the cause of an error lost",
  "continue-as-new drops events",
  "a timer that lost a race keeps the run open",
  "an empty message of an error",
  "a cancellation swallowed",
  "a cancellation that comes between two waits lost",
  "one name in a loop runs once",
  "two branches that map one step over a list swap their results",
  "a signal cannot win a race",
  "a value that cannot be recorded ends the run's owner",
  "time that moves between two effects",
] as const;

export interface Row extends Case {
  readonly row: (typeof ROWS)[number];
}

const FALSY = [0, "", false, null, undefined, Number.NaN, -0, [], {}, 0n];
const anything = signal<unknown>("anything");
const go = signal<number>("go");
const echo = step("echo", (value: unknown) => value);
const double = step("double", (value: number) => 2 * value);

const same = workflow({
  name: "same",
  run: function* (value: unknown): Gen<unknown> {
    return yield* checkpoint("same", value);
  },
});

const falsy = workflow({
  name: "falsy",
  run: function* (values: readonly unknown[]): Gen<unknown> {
    const seen: unknown[] = [];
    for (const value of values) {
      const held = yield* variable("held", value);
      yield* held.set(value);
      const { value: raced } = yield* race([echo(value), sleep("1 hour")]);
      seen.push([yield* echo(value), yield* child(same, value), held.value, raced]);
    }
    return [seen, yield* receive(anything), yield* receive(anything)];
  },
});

const nothing = workflow({
  name: "nothing",
  run: function* (): Gen<unknown> {
    const none: (() => Gen<number>)[] = [];
    yield* sleep("1s");
    return [yield* all(none), yield* all({}), yield* allSettled(none), yield* map([], echo)];
  },
});

const numbers = workflow({
  name: "numbers",
  run: function* (given: unknown): Gen<unknown> {
    const kept = yield* checkpoint("kept", given);
    const [run] = yield* all([echo(kept)]);
    return { given, kept, run };
  },
});

const ordered = workflow({
  name: "ordered",
  run: function* (words: readonly string[]): Gen<unknown> {
    const branches = Object.fromEntries(words.map((word) => [word, echo(word)]));
    return [Object.keys(yield* all(branches)), Object.keys(yield* allSettled(branches))];
  },
});

const declined = step("declined", () => {
  const inner = new RangeError("limit", { cause: new TypeError("of the card") });
  throw Object.assign(new Error("declined", { cause: inner }), { code: 51 });
});

const causes = workflow({
  name: "causes",
  run: function* (): Gen<unknown> {
    const words: unknown[] = [];
    try {
      yield* declined();
    } catch (thrown) {
      let error: unknown = thrown;
      for (; error instanceof Error; error = error.cause) words.push(error.name, error.message);
      words.push(thrown instanceof Error && Reflect.get(thrown, "code"));
    }
    return words;
  },
});

const carrying = workflow({
  name: "carrying",
  run: function* (sum: number): Gen<number> {
    if (sum >= 15) return sum;
    const first = yield* receive(go);
    // Whatever came meanwhile goes over.
    yield* echo(first);
    return yield* continueAsNew(sum + first);
  },
});

const hasty = workflow({
  name: "hasty",
  run: function* (): Gen<unknown> {
    const beganMs = (yield* now()).getTime();
    yield* race([echo("quick"), sleep("30 days")]);
    yield* any([sleep("30 days"), echo("quick")]);
    const waited = yield* receive(go, { timeout: "30 days" });
    const isAtOnce = (yield* now()).getTime() - beganMs < 86_400_000;
    return [waited, isAtOnce];
  },
});

const silent = step("silent", () => {
  throw new Error("");
});

const quiet = workflow({
  name: "quiet",
  run: function* (isCaught: boolean): Gen<unknown> {
    try {
      yield* silent();
    } catch (error) {
      if (!isCaught) throw error;
      return error instanceof Error ? [error.name, error.message] : "?";
    }
    return "never";
  },
});

const stubborn = workflow({
  name: "stubborn",
  run: function* (): Gen<unknown> {
    const stage = yield* variable("stage", "waits");
    const felt: string[] = [];
    try {
      yield* allSettled([sleep("1 hour"), receive(go)]);
    } catch (error) {
      if (error instanceof Error) felt.push(error.name);
    }
    yield* stage.set("goes on");
    felt.push(String(yield* receive(go, { timeout: "1s" })));
    return felt;
  },
});

const between = workflow({
  name: "between",
  run: function* (): Gen<unknown> {
    const quick = (): Gen<number> => counted();
    const task = yield* spawn(function* (): Gen<unknown> {
      yield* all([quick, quick]);
      yield* sleep("1000 days");
      return "not cancelled";
    });
    yield* task.cancel("not wanted");
    const [end] = yield* allSettled([task.join()]);
    yield* sleep("1s");
    return end.status;
  },
});

function* counted(): Gen<number> {
  return yield* checkpoint("counted", 1);
}

const looping = workflow({
  name: "looping",
  run: function* (times: number): Gen<unknown> {
    const seen: number[] = [];
    for (let i = 0; i < times; i++) seen.push(yield* compute("charge", () => i));
    return seen;
  },
});

const mapping = workflow({
  name: "mapping",
  run: function* (): Gen<unknown> {
    // The second is done first, wherever it runs.
    const slowly = function* (value: number): Gen<number> {
      yield* sleep((10 - value) * 1_000);
      return yield* double(value);
    };
    const two = yield* all([map([1, 2, 3], slowly), map([6, 5, 4], slowly, { concurrency: 2 })]);
    return [...two, yield* map([9, 8, 7], double)];
  },
});

const winning = workflow({
  name: "winning",
  run: function* (): Gen<unknown> {
    const stage = yield* variable("stage", "waits");
    const first = yield* race({ sent: receive(go), late: sleep("30 days") });
    yield* stage.set("has it");
    return first;
  },
});

const lossy = workflow({
  name: "lossy",
  run: function* (): Gen<unknown> {
    const names: string[] = [];
    const hold = yield* variable<unknown>("hold", 0);
    const loop: unknown[] = [];
    loop.push(loop);
    for (const value of [() => 1, Symbol("x"), loop, Object.assign([1], { extra: 1 })]) {
      for (const ask of [hold.set(value), checkpoint("kept", value), echo(value)]) {
        try {
          yield* ask;
          names.push("recorded");
        } catch (error) {
          names.push(error instanceof Error ? error.name : "?");
        }
      }
    }
    yield* sleep("1s");
    return [new Set(names), names.length, hold.value];
  },
});

const timely = workflow({
  name: "timely",
  run: function* (): Gen<unknown> {
    const read = function* (): Gen<number> {
      return (yield* now()).getTime();
    };
    const atMs = yield* read();
    yield* checkpoint("between", 1);
    const isStill = (yield* read()) === atMs;
    yield* sleep("1s");
    return [isStill, (yield* read()) - atMs >= 1_000];
  },
});

export const CHECKLIST_WORKFLOWS: readonly AnyWorkflow[] = [
  same,
  falsy,
  nothing,
  numbers,
  ordered,
  causes,
  carrying,
  hasty,
  quiet,
  stubborn,
  between,
  looping,
  mapping,
  winning,
  lossy,
  timely,
];

const row = (of: Row["row"], scenario: Row["scenario"], outcome: unknown): Row => ({
  row: of,
  name: of,
  effects: [],
  scenario,
  outcome,
});

const WORDS = ["zebra", "Ärger", "apple", "Zoo", "ärger", "10", "9"];
/** What JavaScript itself makes of such keys: numbers first, then as they were given. */
const KEYS = ["9", "10", "zebra", "Ärger", "apple", "Zoo", "ärger"];

export const CHECKLIST: readonly Row[] = [
  row(
    "falsy values dropped",
    async (world) => {
      await world.know(same);
      const send = async (_: unknown, id: string): Promise<void> => {
        await world.signal(id, anything, 0);
        await world.signal(id, anything, undefined);
      };
      return await ended(falsy, FALSY, send, "falsy")(world);
    },
    completed([FALSY.map((value) => [value, value, value, value]), 0, undefined]),
  ),
  row("all of nothing hangs", ended(nothing, undefined), completed([[], {}, [], []])),
  row(
    "NaN, -0 and undefined come back as something else",
    ended(numbers, [Number.NaN, -0, { a: undefined }, Number.NEGATIVE_INFINITY]),
    completed(
      Object.fromEntries(
        ["given", "kept", "run"].map((key) => [
          key,
          [Number.NaN, -0, { a: undefined }, Number.NEGATIVE_INFINITY],
        ]),
      ),
    ),
  ),
  row("order by the locale", ended(ordered, WORDS), completed([KEYS, KEYS])),
  row(
    "the cause of an error lost",
    ended(causes, undefined),
    completed(["Error", "declined", "RangeError", "limit", "TypeError", "of the card", 51]),
  ),
  row(
    "continue-as-new drops events",
    ended(carrying, 0, async (world, id) => {
      for (const value of [1, 2, 3, 4, 5]) await world.signal(id, go, value);
    }),
    completed(15),
  ),
  row(
    "a timer that lost a race keeps the run open",
    ended(hasty, undefined, (world, id) => world.signal(id, go, 1)),
    completed([1, true]),
  ),
  row("an empty message of an error", ended(quiet, true), completed(["Error", ""])),
  row("an empty message of an error", ended(quiet, false), { kind: "failed", value: "Error: " }),
  row(
    "a cancellation swallowed",
    ended(stubborn, undefined, async (world, id) => {
      await world.untilVariable(id, "stage", "waits");
      await world.cancel(id, "enough");
    }),
    completed(["Cancelled", "undefined"]),
  ),
  row(
    "a cancellation that comes between two waits lost",
    ended(between, undefined),
    completed("rejected"),
  ),
  row("one name in a loop runs once", ended(looping, 3), completed([0, 1, 2])),
  row(
    "two branches that map one step over a list swap their results",
    ended(mapping, undefined),
    completed([
      [2, 4, 6],
      [12, 10, 8],
      [18, 16, 14],
    ]),
  ),
  row(
    "a signal cannot win a race",
    ended(winning, undefined, async (world, id) => {
      await world.untilVariable(id, "stage", "waits");
      await world.signal(id, go, 5);
    }),
    completed({ tag: "sent", value: 5 }),
  ),
  row(
    "a value that cannot be recorded ends the run's owner",
    ended(lossy, undefined),
    completed([new Set(["Unserializable"]), 12, 0]),
  ),
  row("time that moves between two effects", ended(timely, undefined), completed([true, true])),
];
