import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Leaver, untilOut } from "../../src/node/leaving.ts";
import { nodeId } from "../../src/std/ids.ts";

const test = suite("node: leaving");

const SELF = nodeId(6);

/** A learner that heard the last of its leader long ago, and takes itself for a member. */
function forgotten(isToldOut: () => boolean): Leaver {
  let nowMs = 0;
  const status = () => ({
    role: "learner",
    voters: [nodeId(1)],
    learners: [SELF],
    self: { id: SELF },
    leader: nodeId(1),
  });
  const set = (delayMs: number, fn: () => void) => {
    nowMs += delayMs;
    queueMicrotask(fn);
    return { cancel: () => {} };
  };
  const ports = { clock: { monotonicMs: () => nowMs }, timers: { set } };
  const parts = { replica: { status }, ports, isToldOut: async () => isToldOut() };
  return parts as unknown as Leaver;
}

test("who is out, and whose log ends before that was in it, is told when it asks", async () => {
  let asked = 0;
  const leaver = forgotten(() => ++asked === 3);
  assert.is(await untilOut(leaver, 60_000), true);
  assert.is(asked, 3);
});

test("who is in stays until its time is up, and asks now and then only", async () => {
  let asked = 0;
  const leaver = forgotten(() => ++asked < 0);
  assert.is(await untilOut(leaver, 10_000), false);
  assert.ok(asked >= 5 && asked <= 10, `${asked}`);
});

test.run();
