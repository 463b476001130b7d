import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { MessageType } from "../../src/raft/message.ts";
import { NONE } from "../../src/std/ids.ts";
import { prng } from "../../src/std/prng.ts";
import {
  ELECTION_TICKS,
  entriesOf,
  type Options,
  Peer,
  peerAs,
  type Said,
} from "./laws/paper-network.ts";

/** Raft §5.1 and §5.2: terms, heartbeats and elections. */
const test = suite("raft: paper, terms and elections");

const STATES = ["follower", "pre-candidate", "candidate", "leader"] as const;
const optionsOf = (state: (typeof STATES)[number]): Options => ({
  preVote: state === "pre-candidate",
});

for (const state of STATES) {
  test(`§5.1: a ${state} that hears of a later term follows in it`, () => {
    const fromLeader: readonly MessageType[] = ["app", "heartbeat"];
    const fromOthers: readonly MessageType[] = ["vote", "app-resp", "vote-resp", "heartbeat-resp"];
    for (const type of [...fromLeader, ...fromOthers]) {
      const one = peerAs(state, { term: 2 }, optionsOf(state));
      one.hear(2, { type, term: 5 });
      assert.is(one.state, "follower", type);
      assert.is(one.term, 5, type);
      assert.is(one.leader, fromLeader.includes(type) ? 2 : NONE, type);
    }
  });

  test(`§5.1: a message of an earlier term changes nothing at a ${state}`, () => {
    const log = [1, 1, 2];
    const stale: readonly Said[] = [
      { type: "app", index: 3, logTerm: 2, entries: entriesOf([2], 3), commit: 3 },
      { type: "app", index: 1, logTerm: 1, entries: entriesOf([1, 1], 1), commit: 2 },
      { type: "heartbeat", commit: 2 },
      { type: "vote", index: 9, logTerm: 4 },
      { type: "vote-resp" },
      { type: "app-resp", index: 3 },
      { type: "heartbeat-resp" },
      { type: "timeout-now" },
    ];
    for (const said of stale) {
      const one = peerAs(state, { term: 5, log }, optionsOf(state));
      const before = one.node.basicStatus();
      const durable = one.log;
      one.hear(2, { ...said, term: 4 });
      // With pre-votes, a leader of the past is told of the present term.
      const isTold = optionsOf(state).preVote && (said.type === "app" || said.type === "heartbeat");
      assert.equal(
        one.run().map(({ type, to, term, index }) => ({ type, to, term, index })),
        isTold ? [{ type: "app-resp", to: 2, term: 5, index: 0 }] : [],
      );
      assert.equal(one.node.basicStatus(), before, said.type);
      assert.equal(one.log, durable, said.type);
    }
  });
}

test("§5.2: a member begins as a follower of nobody, whatever it was before", () => {
  const begins = [
    {},
    { term: 3 },
    { term: 3, vote: 1, log: [1, 3], commit: 2 },
    { voters: [1], term: 3, vote: 1 },
  ];
  for (const begin of begins) {
    const one = new Peer(1, begin);
    assert.is(one.state, "follower");
    assert.is(one.leader, NONE);
    const { term = 0, vote = NONE, commit = 0 } = begin;
    assert.equal(one.hardState, { term, vote, commit });
  }
});

test("§5.2: a leader sends a heartbeat to every other member at each interval", () => {
  for (const heartbeatTicks of [1, 3]) {
    const leader = peerAs("leader", { term: 1 }, { heartbeatTicks });
    for (let interval = 0; interval < 3; interval++) {
      leader.tick(heartbeatTicks - 1);
      assert.equal(leader.run(), []);
      leader.tick(1);
      assert.equal(
        leader.run().map(({ type, to, term }) => ({ type, to, term })),
        [2, 3].map((to) => ({ type: "heartbeat", to, term: 1 })),
      );
    }
  }
});

for (const state of ["follower", "candidate"] as const) {
  test(`§5.2: a ${state} whose time-out passes without a leader asks all for the next term`, () => {
    const one = peerAs(state, { term: 1 });
    one.tick(ELECTION_TICKS - 1);
    assert.equal(one.run(), []);
    one.tick(1);
    const asked = one.run();
    assert.is(one.state, "candidate");
    assert.equal(one.disk.hardState, { term: 2, vote: 1, commit: 0 }, "its own vote is durable");
    assert.equal(
      asked.map(({ type, to, term }) => ({ type, to, term })),
      [2, 3].map((to) => ({ type: "vote", to, term: 2 })),
    );
  });
}

test("§5.2: a candidate leads when a majority grants, follows when one refuses", () => {
  const rounds = [
    { size: 1, granted: [], refused: [], becomes: "leader" },
    { size: 3, granted: [2, 3], refused: [], becomes: "leader" },
    { size: 3, granted: [2], refused: [], becomes: "leader" },
    { size: 3, granted: [2], refused: [3], becomes: "leader" },
    { size: 5, granted: [2, 3, 4, 5], refused: [], becomes: "leader" },
    { size: 5, granted: [2, 3], refused: [4, 5], becomes: "leader" },
    { size: 3, granted: [], refused: [2, 3], becomes: "follower" },
    { size: 5, granted: [2], refused: [3, 4, 5], becomes: "follower" },
    { size: 3, granted: [], refused: [], becomes: "candidate" },
    { size: 3, granted: [], refused: [2], becomes: "candidate" },
    { size: 5, granted: [2], refused: [], becomes: "candidate" },
    { size: 5, granted: [2], refused: [3, 4], becomes: "candidate" },
  ];
  for (const { size, granted, refused, becomes } of rounds) {
    const voters = Array.from({ length: size }, (_, i) => i + 1);
    const one = new Peer(1, { voters });
    one.node.campaign();
    one.run();
    for (const from of granted) one.hear(from, { type: "vote-resp", term: 1 });
    for (const from of refused) one.hear(from, { type: "vote-resp", term: 1, reject: true });
    one.run();
    assert.is(one.state, becomes, `${granted.length} for, ${refused.length} against of ${size}`);
    assert.is(one.term, 1);
  }
});

test("§5.2: a candidate needs a majority of members, not of messages", () => {
  const one = new Peer(1, { voters: [1, 2, 3, 4, 5] });
  one.node.campaign();
  one.run();
  for (let times = 0; times < 4; times++) one.hear(2, { type: "vote-resp" });
  one.hear(4, { type: "vote-resp", reject: true });
  one.hear(4, { type: "vote-resp" });
  assert.is(one.state, "candidate");
  one.hear(3, { type: "vote-resp" });
  assert.is(one.state, "leader");
});

test("§5.2: a member votes once in a term, for whoever asks first", () => {
  const asks = [
    { vote: NONE, from: 2, isRefused: false },
    { vote: NONE, from: 3, isRefused: false },
    { vote: 2, from: 2, isRefused: false },
    { vote: 3, from: 3, isRefused: false },
    { vote: 2, from: 3, isRefused: true },
    { vote: 3, from: 2, isRefused: true },
    { vote: 1, from: 2, isRefused: true },
  ];
  for (const { vote, from, isRefused } of asks) {
    const one = new Peer(1, { term: 1, vote });
    one.hear(from, { type: "vote", term: 1 });
    const answers = one.run().map(({ type, to, term, reject }) => ({ type, to, term, reject }));
    assert.equal(answers, [{ type: "vote-resp", to: from, term: 1, reject: isRefused }]);
    assert.is(one.disk.hardState.vote, isRefused ? vote : from);
  }
});

test("§5.2: a candidate that hears from a leader of its term or a later one follows it", () => {
  for (const type of ["app", "heartbeat"] as const) {
    for (const term of [2, 3]) {
      const one = peerAs("candidate", { term: 2 });
      one.tick(ELECTION_TICKS - 1);
      one.hear(2, { type, term });
      assert.is(one.state, "follower");
      assert.is(one.leader, 2);
      assert.is(one.term, term);
      one.tick(ELECTION_TICKS - 1);
      assert.is(one.state, "follower", "it waits a whole time-out");
    }
  }
});

/** After how many ticks a new election begins, of as many members as there are seeds. */
function timeouts(state: "follower" | "candidate", seeds: readonly number[]): readonly number[] {
  return seeds.map((seed) => {
    const random = prng(seed);
    const one = peerAs(state, { term: 1 }, { randomInt: (limit) => random.below(limit) });
    for (let ticks = 1; ticks < 3 * ELECTION_TICKS; ticks++) {
      one.tick(1);
      if (one.run().some(({ type }) => type === "vote")) return ticks;
    }
    throw new Error("no election begins");
  });
}

const seedsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => first + i);

for (const state of ["follower", "candidate"] as const) {
  test(`§5.2: the time-outs of a ${state} are spread over one to two election time-outs`, () => {
    const seen = new Set(timeouts(state, seedsFrom(0, 300)));
    const all = seedsFrom(ELECTION_TICKS, ELECTION_TICKS);
    assert.equal(
      [...seen].sort((a, b) => a - b),
      all,
    );
  });

  test(`§5.2: of five ${state}s one mostly times out alone, before the others`, () => {
    const rounds = 300;
    let conflicts = 0;
    for (let round = 0; round < rounds; round++) {
      const [first, second] = [...timeouts(state, seedsFrom(5 * round, 5))].sort((a, b) => a - b);
      if (first === second) conflicts++;
    }
    assert.ok(conflicts / rounds < 0.3, `${conflicts} conflicts in ${rounds} rounds`);
  });
}

test.run();
