import { suite } from "uvu";
import * as assert from "uvu/assert";
import { all } from "../../../src/workflow/dsl/combinators.ts";
import { continueAsNew } from "../../../src/workflow/dsl/ending.ts";
import { patched } from "../../../src/workflow/dsl/patched.ts";
import { receive, signal } from "../../../src/workflow/dsl/signal.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { checkpoint } from "../../../src/workflow/dsl/write-behind.ts";
import { bodyOf, codec, FUEL, given, History, type Program, sleepAt } from "./history.ts";

const test = suite("interpreter: patched, continueAsNew");

const guarded: Program = function* () {
  const first = yield* patched("p");
  yield* checkpoint("mark", first);
  yield* sleep(5);
  return [first, yield* patched("p"), yield* patched("q")];
};
const old: Program = function* () {
  yield* checkpoint("mark", 0);
  yield* sleep(5);
};

test("rule 8: an owner in an open stretch marks it, and it is true", () => {
  const history = new History();
  const body = bodyOf(guarded, history);
  body.advance("owner", FUEL);
  const writes = body.takeWrites().map(({ path, write }) => `${write} ${path}`);
  // The marker takes no position: the checkpoint stands where it stood without it.
  assert.equal(writes, ["patched patched:p", "checkpoint 0"]);
});

test("rule 8: the first answer holds for the run, on the owner and on every replay", () => {
  const history = new History();
  const body = bodyOf(guarded, history);
  body.advance("owner", FUEL);
  history.accept(body);
  history.restAt(body.rested);
  history.outcome(sleepAt("1", 5));
  assert.equal(given(body.advance("owner", FUEL)), [true, true, true]);
  history.accept(body);
  history.restAt(body.rested);
  assert.equal(given(bodyOf(guarded, history).advance("replay", FUEL)), [true, true, true]);
});

test("rule 8: in a closed stretch without a marker it is false, later too", () => {
  const history = new History();
  const before = bodyOf(old, history);
  before.advance("owner", FUEL);
  history.accept(before);
  history.restAt(before.rested);
  history.outcome(sleepAt("1", 5));
  const body = bodyOf(guarded, history);
  assert.equal(given(body.advance("owner", FUEL)), [false, false, true]);
});

test("rule 8: in a stretch whose input is older than the epoch it is false", () => {
  const history = new History().newEpoch();
  const body = bodyOf(guarded, history);
  body.advance("owner", FUEL);
  const kinds = body.takeWrites().map(({ write }) => write);
  assert.equal(kinds, ["checkpoint"]);
  history.outcome(sleepAt("1", 5));
  assert.equal(given(body.advance("owner", FUEL)), [false, false, true]);
});

test("rule 8: a follower in an open stretch stops, and goes on with the marker", () => {
  const history = new History();
  const owner = bodyOf(guarded, history);
  owner.advance("owner", FUEL);
  // Demoted in the middle of its stretch, as a body that has asked for nothing yet.
  const follower = bodyOf(guarded, history);
  history.through = -1 as never;
  assert.is(follower.advance("replay", FUEL).kind, "stuck");
  history.accept(owner);
  assert.is(follower.advance("replay", FUEL).kind, "blocked");
});

test("a patch whose guard was removed from the code is no divergence", () => {
  const history = new History();
  const body = bodyOf(guarded, history);
  body.advance("owner", FUEL);
  history.accept(body);
  history.restAt(body.rested);
  assert.is(bodyOf(old, history).advance("replay", FUEL).kind, "blocked");
});

test("continueAsNew ends the body at once, wherever it stands; nothing after it runs", () => {
  const trace: string[] = [];
  const body = bodyOf(function* () {
    try {
      yield* all([
        sleep(5),
        function* () {
          yield* continueAsNew({ round: 2 });
        },
      ]);
    } finally {
      trace.push("finally");
    }
    trace.push("after");
  }, new History());
  const advance = body.advance("owner", FUEL);
  const as = advance.kind === "finished" ? advance.as : undefined;
  assert.is(as?.kind, "continued");
  assert.equal(as?.kind === "continued" ? codec.decode(as.input) : "", { round: 2 });
  assert.equal(trace, []);
  assert.equal([...body.barriers], []);
});

test("an input that cannot be recorded fails continueAsNew at its place", () => {
  const body = bodyOf(function* () {
    try {
      yield* continueAsNew(() => 1);
    } catch (error) {
      return (error as Error).name;
    }
    return "";
  }, new History());
  assert.is(given(body.advance("owner", FUEL)), "Unserializable");
});

test("rule 23: the ids of signals that were read are told with the continuation", () => {
  const tick = signal<number>("tick");
  const history = new History();
  history.signal("tick", 1, "a");
  history.signal("tick", 2, "b");
  const body = bodyOf(function* () {
    yield* receive(tick);
    yield* sleep(5);
    yield* continueAsNew();
  }, history);
  history.outcome(sleepAt("1", 5));
  assert.is(body.advance("owner", FUEL).kind, "finished");
  assert.equal(body.consumed, ["a"]);
});

test.run();
