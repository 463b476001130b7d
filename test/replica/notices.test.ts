import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Message, message } from "../../src/raft/message.ts";
import type { Entry } from "../../src/raft/types.ts";
import { NOTICE_WAIT_MS, Notices, PROPOSER_MS } from "../../src/replica/notices.ts";
import { index, nodeId, term } from "../../src/std/ids.ts";

const test = suite("replica: notices");

const [leader, b, c] = [nodeId(1), nodeId(2), nodeId(3)];

function setUp() {
  const sent: Message[] = [];
  const set: { delayMs: number; fn: () => void }[] = [];
  const time = { nowMs: 0 };
  const notices = new Notices({
    clock: { monotonicMs: () => time.nowMs, wallMs: () => 0 },
    timers: {
      set: (delayMs, fn) => {
        const timer = { delayMs, fn };
        set.push(timer);
        return { cancel: () => void set.splice(set.indexOf(timer), 1) };
      },
      defer: () => {},
    },
    courier: { raft: (it) => void sent.push(it) },
  });
  const pass = (): void => {
    for (const { fn } of set.splice(0)) fn();
  };
  const said = () => sent.splice(0).map(({ to, type, commit }) => `${type} ${to} ${commit}`);
  return { notices, pass, said, time, timers: set };
}

const entry: Entry = { index: index(9), term: term(1), kind: "normal", data: new Uint8Array(1) };
const append = (to: typeof b, commit: number, entries: readonly Entry[] = []): Message =>
  message({ type: "app", to, commit: index(commit), entries }, leader, term(1));

test("word of a commit alone waits for a moment, and the latest word leaves", () => {
  const { notices, pass, said, timers } = setUp();
  notices.send([append(b, 7)]);
  notices.send([append(b, 8)]);
  notices.send([append(c, 8)]);
  assert.equal(said(), []);
  assert.equal(
    timers.map(({ delayMs }) => delayMs),
    [NOTICE_WAIT_MS],
  );
  pass();
  assert.equal(said(), ["app 2 8", "app 3 8"]);
  notices.send([append(b, 9)]);
  pass();
  assert.equal(said(), ["app 2 9"]);
});

test("an append to the same member carries it; to another one it does not", () => {
  const { notices, pass, said } = setUp();
  notices.send([append(b, 8)]);
  notices.send([append(c, 8)]);
  notices.send([append(b, 8, [entry])]);
  assert.equal(said(), ["app 2 8"]);
  pass();
  assert.equal(said(), ["app 3 8"]);
});

test("a member that proposes is told at once, until it has not proposed for a while", () => {
  const { notices, pass, said, time } = setUp();
  notices.proposed(b);
  time.nowMs += PROPOSER_MS;
  notices.send([append(b, 8)]);
  assert.equal(said(), ["app 2 8"]);
  time.nowMs += 1;
  notices.send([append(b, 9)]);
  assert.equal(said(), []);
  pass();
  assert.equal(said(), ["app 2 9"]);
});

test("whom an entry concerns is told now, once, and the others later", () => {
  const { notices, pass, said } = setUp();
  notices.send([append(b, 8), append(c, 8)]);
  notices.hurry(b);
  assert.equal(said(), ["app 2 8"]);
  notices.hurry(b);
  assert.equal(said(), []);
  pass();
  assert.equal(said(), ["app 3 8"]);
});

test("whatever else Raft says leaves at once", () => {
  const { notices, said } = setUp();
  notices.send([message({ type: "heartbeat", to: b, commit: index(8) }, leader, term(1))]);
  notices.send([message({ type: "app-resp", to: b, index: index(8) }, leader, term(1))]);
  assert.equal(said(), ["heartbeat 2 8", "app-resp 2 0"]);
});

test("who has stopped says nothing any more", () => {
  const { notices, pass, said } = setUp();
  notices.send([append(b, 8)]);
  notices.stop();
  pass();
  assert.equal(said(), []);
});

test.run();
