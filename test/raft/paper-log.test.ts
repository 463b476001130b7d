import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Entry } from "../../src/raft/types.ts";
import { utf8 } from "../../src/std/bytes.ts";
import { type Begin, entriesOf, entry, Network, Peer, peerAs } from "./laws/paper-network.ts";

/** Raft §5.3 and §5.4: replication, and what is safe to vote for and to commit. */
const test = suite("raft: paper, the log");

const voters = (size: number) => Array.from({ length: size }, (_, i) => i + 1);
const texts = (entries: readonly Entry[]) =>
  entries.map(({ data }) => String.fromCharCode(...data));
const places = (entries: readonly Entry[]) => entries.map(({ index, term }) => [index, term]);

/** A leader in term 1 whose first entry is committed. */
function settledLeader(begin: Begin = {}): Peer {
  const leader = peerAs("leader", begin);
  const last = leader.node.basicStatus().lastIndex;
  for (const id of leader.node.basicStatus().confState.voters) {
    if (id !== leader.id) leader.hear(id, { type: "app-resp", index: last });
  }
  leader.run();
  assert.is(leader.hardState.commit, last);
  return leader;
}

test("§5.3: a leader appends a proposal to its log and sends it to all others at once", () => {
  const leader = settledLeader();
  leader.propose("x");
  const sent = leader.run();
  assert.equal(
    sent.map(({ type, to, term, index, logTerm, commit }) => [
      type,
      to,
      term,
      index,
      logTerm,
      commit,
    ]),
    [2, 3].map((to) => ["app", to, 1, 1, 1, 1]),
  );
  for (const { entries } of sent) assert.equal(entries, [entry(2, 1, utf8("x"))]);
  assert.equal(leader.disk.entries.at(-1), entry(2, 1, utf8("x")));
  assert.is(leader.hardState.commit, 1, "nobody has it yet");
});

test("§5.3: an entry that a majority has is committed, applied and told of", () => {
  const leader = settledLeader();
  leader.applied.length = 0;
  leader.propose("x");
  leader.run();
  leader.hear(2, { type: "app-resp", index: 2 });
  const sent = leader.run();
  assert.is(leader.hardState.commit, 2);
  assert.equal(texts(leader.applied), ["x"]);
  assert.equal(
    sent.map(({ type, to, commit }) => [type, to, commit]),
    [2, 3].map((to) => ["app", to, 2]),
  );
});

test("§5.3: an entry is committed once a majority has it, and not before", () => {
  const rounds = [
    { size: 1, acks: [], isCommitted: true },
    { size: 3, acks: [], isCommitted: false },
    { size: 3, acks: [2], isCommitted: true },
    { size: 3, acks: [2, 3], isCommitted: true },
    { size: 4, acks: [2], isCommitted: false },
    { size: 4, acks: [2, 4], isCommitted: true },
    { size: 5, acks: [], isCommitted: false },
    { size: 5, acks: [2], isCommitted: false },
    { size: 5, acks: [2, 2, 2], isCommitted: false },
    { size: 5, acks: [2, 3], isCommitted: true },
    { size: 5, acks: [2, 3, 4], isCommitted: true },
    { size: 5, acks: [2, 3, 4, 5], isCommitted: true },
  ];
  for (const { size, acks, isCommitted } of rounds) {
    const leader = settledLeader({ voters: voters(size) });
    leader.propose("x");
    leader.run();
    for (const from of acks) leader.hear(from, { type: "app-resp", index: 2 });
    leader.run();
    assert.is(leader.hardState.commit === 2, isCommitted, `${acks.length} acks of ${size}`);
  }
});

test("§5.3: with an entry of its own, a leader commits and applies all that come before", () => {
  for (const log of [[], [2], [1, 2], [1]]) {
    const leader = peerAs("leader", { term: 3, log });
    leader.propose("x");
    leader.run();
    assert.equal(leader.applied, []);
    leader.hear(2, { type: "app-resp", index: log.length + 2 });
    leader.run();
    assert.equal(
      places(leader.applied),
      [...log, 3, 3].map((term, i) => [i + 1, term]),
    );
    assert.is(texts(leader.applied).at(-1), "x");
  }
});

test("§5.3: a follower applies, in the order of the log, what its leader says is committed", () => {
  const two = [entry(1, 1, utf8("a")), entry(2, 1, utf8("b"))];
  const rounds = [
    { commit: 0, applied: [] },
    { commit: 1, applied: ["a"] },
    { commit: 2, applied: ["a", "b"] },
    { commit: 9, applied: ["a", "b"] },
    // The message says nothing of the rest of its log.
    { commit: 3, log: [1, 1, 1], applied: ["", ""] },
  ];
  for (const { commit, log = [], applied } of rounds) {
    const follower = peerAs("follower", { log });
    follower.hear(2, { type: "app", entries: two, commit });
    follower.run();
    assert.equal(texts(follower.applied), applied, `commit ${commit}`);
    assert.is(follower.hardState.commit, applied.length);
  }
});

test("§5.3: a follower takes an append only where its log has what comes before", () => {
  const log = [1, 2];
  const rounds = [
    { index: 0, logTerm: 0, isTaken: true },
    { index: 1, logTerm: 1, isTaken: true },
    { index: 2, logTerm: 2, isTaken: true },
    { index: 1, logTerm: 2, isTaken: false, hint: { rejectHint: 1, logTerm: 1 } },
    { index: 2, logTerm: 3, isTaken: false, hint: { rejectHint: 2, logTerm: 2 } },
    { index: 2, logTerm: 1, isTaken: false, hint: { rejectHint: 1, logTerm: 1 } },
    { index: 3, logTerm: 3, isTaken: false, hint: { rejectHint: 2, logTerm: 2 } },
    { index: 9, logTerm: 1, isTaken: false, hint: { rejectHint: 1, logTerm: 1 } },
  ];
  const nothing = { rejectHint: 0, logTerm: 0 };
  for (const { index, logTerm, isTaken, hint = nothing } of rounds) {
    const follower = new Peer(1, { term: 3, log, commit: 0 });
    follower.hear(2, { type: "app", index, logTerm });
    const [answer, ...more] = follower.run();
    assert.ok(answer !== undefined);
    assert.equal(more, []);
    const { type, to, reject, rejectHint } = answer;
    assert.equal([type, to, answer.index, reject], ["app-resp", 2, index, !isTaken]);
    assert.equal({ rejectHint, logTerm: answer.logTerm }, hint, `after ${index} of ${logTerm}`);
    assert.equal(follower.log, log);
  }
});

test("§5.3: a follower replaces what conflicts with its leader, and keeps what does not", () => {
  const rounds = [
    { log: [1, 2], after: 2, logTerm: 2, terms: [3], ends: [1, 2, 3] },
    { log: [1, 2], after: 1, logTerm: 1, terms: [3, 4], ends: [1, 3, 4] },
    { log: [1, 2], after: 0, logTerm: 0, terms: [1], ends: [1, 2] },
    { log: [1, 2], after: 0, logTerm: 0, terms: [3], ends: [3] },
    { log: [1, 2, 2], after: 1, logTerm: 1, terms: [2], ends: [1, 2, 2] },
    { log: [1, 2, 2], after: 1, logTerm: 1, terms: [2, 4], ends: [1, 2, 4] },
    { log: [1, 2, 2], after: 1, logTerm: 1, terms: [], ends: [1, 2, 2] },
  ];
  for (const { log, after, logTerm, terms, ends } of rounds) {
    const follower = new Peer(1, { term: 4, log });
    follower.hear(2, { type: "app", index: after, logTerm, entries: entriesOf(terms, after) });
    const [answer] = follower.run();
    assert.equal(follower.log, ends);
    assert.is(answer?.reject, false);
    assert.is(answer?.index, after + terms.length, "no more than the leader asked about");
  }
});

test("§5.3: a leader brings every follower's log to its own, as in Figure 7", () => {
  const leaderLog = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
  const followers = {
    a: [1, 1, 1, 4, 4, 5, 5, 6, 6],
    b: [1, 1, 1, 4],
    c: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
    d: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
    e: [1, 1, 1, 4, 4, 4, 4],
    f: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
  };
  for (const [name, log] of Object.entries(followers)) {
    const leader = new Peer(1, { term: 7, log: leaderLog });
    const follower = new Peer(2, { term: 7, log });
    // Who has nothing votes for anybody, so that there is a leader.
    const third = new Peer(3, { term: 7 });
    const network = new Network([leader, follower, third]);
    network.campaign(1);
    assert.is(leader.state, "leader", name);
    network.tick(1, 1);
    for (const one of [leader, follower, third]) {
      assert.equal(one.log, [...leaderLog, 8], name);
      assert.equal(one.applied, leader.disk.entries, name);
    }
  }
});

test("§5.4.1: a request for a vote tells where the candidate's log ends", () => {
  const rounds = [
    { preVote: false, type: "vote" },
    { preVote: true, type: "pre-vote" },
  ];
  for (const { preVote, type: wanted } of rounds) {
    for (const log of [[], [1], [1, 2, 2]]) {
      const candidate = new Peer(1, { term: 3, log }, { preVote });
      candidate.node.campaign();
      assert.equal(
        candidate
          .run()
          .map(({ type, to, term, index, logTerm }) => [type, to, term, index, logTerm]),
        [2, 3].map((to) => [wanted, to, 4, log.length, log.at(-1) ?? 0]),
      );
    }
  }
});

test("§5.4.1: a member refuses its vote to who has the shorter log, and grants it else", () => {
  const rounds = [
    { log: [1], asks: [1, 1], isRefused: false, why: "the same" },
    { log: [1], asks: [1, 2], isRefused: false, why: "the same term, longer" },
    { log: [1, 1], asks: [1, 1], isRefused: true, why: "the same term, shorter" },
    { log: [1], asks: [2, 1], isRefused: false, why: "a later term" },
    { log: [1], asks: [2, 2], isRefused: false, why: "a later term, longer" },
    { log: [1, 1], asks: [2, 1], isRefused: false, why: "a later term, shorter" },
    { log: [2], asks: [1, 1], isRefused: true, why: "an earlier term" },
    { log: [2], asks: [1, 2], isRefused: true, why: "an earlier term, longer" },
    { log: [2, 2], asks: [1, 1], isRefused: true, why: "an earlier term, shorter" },
  ] as const;
  for (const { log, asks, isRefused, why } of rounds) {
    for (const request of ["vote", "pre-vote"] as const) {
      const voter = new Peer(1, { term: 2, log });
      const [logTerm, index] = asks;
      voter.hear(2, { type: request, term: 3, logTerm, index });
      assert.equal(
        voter.run().map(({ type, to, reject }) => [type, to, reject]),
        [[`${request}-resp`, 2, isRefused]],
        why,
      );
    }
  }
});

test("§5.4.2: only an entry of the leader's own term is committed by counting", () => {
  const rounds = [
    { acked: 1, commit: 0 },
    { acked: 2, commit: 0 },
    { acked: 3, commit: 3 },
    { acked: 4, commit: 4 },
  ];
  for (const { acked, commit } of rounds) {
    const leader = peerAs("leader", { term: 3, log: [1, 2] });
    leader.propose("x");
    leader.run();
    leader.hear(2, { type: "app-resp", index: acked });
    leader.run();
    assert.is(leader.hardState.commit, commit, `a majority has ${acked}`);
  }
});

test.run();
