import { suite } from "uvu";
import * as assert from "uvu/assert";
import { restore } from "../../src/raft/conf-change.ts";
import { RaftState } from "../../src/raft/state.ts";
import type { StateName } from "../../src/raft/types.ts";
import { NONE, nodeId, term } from "../../src/std/ids.ts";
import { createMemoryLogStore } from "../../src/storage/memory.ts";
import { electionLaws, PLAIN } from "./laws/election-laws.ts";
import {
  type Begin,
  ELECTION_TICKS,
  type Network,
  network,
  Peer,
  peerAs,
} from "./laws/paper-network.ts";

/** Elections without a pre-vote, and who may stand. */
const test = suite("raft: election");

electionLaws(test, PLAIN);

const STATES = ["follower", "pre-candidate", "candidate", "leader"] as const;
const statesOf = (group: Network) => group.peers.map(({ state }) => state);
const termsOf = (group: Network) => group.peers.map(({ term: own }) => own);

test("a vote that is granted is followed by a whole time-out of patience, a refusal is not", () => {
  for (const isGranted of [true, false]) {
    const one = new Peer(1, { term: 1, vote: isGranted ? NONE : 3 });
    one.tick(ELECTION_TICKS - 1);
    one.hear(2, { type: "vote" });
    one.tick(1);
    assert.is(one.state, isGranted ? "follower" : "candidate");
  }
});

test("a candidate that hears of the leader it lost to follows it, and takes its log", () => {
  const group = network(3);
  group.isolate(1);
  group.campaign(1);
  group.campaign(3);
  assert.equal(statesOf(group), ["candidate", "follower", "leader"]);
  group.heal();
  group.tick(3, 1);
  group.get(3).propose("x");
  group.settle();
  assert.equal(statesOf(group), ["follower", "follower", "leader"]);
  assert.equal(termsOf(group), [1, 1, 1]);
  for (const one of group.peers) {
    assert.equal(one.disk.entries, group.get(3).disk.entries);
    assert.is(one.hardState.commit, 2);
  }
});

test("the chance of an election grows with the silence, from one time-out to two", () => {
  const rounds = [
    { ticks: 5, of10: 0 },
    { ticks: 9, of10: 0 },
    { ticks: 10, of10: 1 },
    { ticks: 13, of10: 4 },
    { ticks: 15, of10: 6 },
    { ticks: 18, of10: 9 },
    { ticks: 19, of10: 10 },
    { ticks: 20, of10: 10 },
  ];
  const draws = Array.from({ length: ELECTION_TICKS }, (_, i) => i);
  for (const { ticks, of10 } of rounds) {
    const standing = draws.filter((draw) => {
      const one = new Peer(1, {}, { randomInt: () => draw });
      one.tick(ticks);
      return one.state === "candidate";
    });
    assert.is(standing.length, of10, `after ${ticks} ticks`);
  }
});

/** A core that followed 2, and came to `state` from there. */
function coreIn(state: StateName): RaftState {
  const raft = new RaftState({
    id: nodeId(1),
    electionTicks: ELECTION_TICKS,
    heartbeatTicks: 1,
    storage: createMemoryLogStore(),
    maxSizePerMsg: 0,
    maxInflightMsgs: 1,
    randomInt: () => 0,
  });
  const context = {
    lastIndex: raft.log.lastIndex,
    newInflights: () => raft.tracker.newInflights(),
  };
  const none = { votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
  raft.switchConfiguration(restore({ voters: [nodeId(1)], ...none }, context));
  raft.becomeFollower(term(1), nodeId(2));
  if (state === "pre-candidate") raft.becomePreCandidate();
  if (state === "candidate" || state === "leader") raft.becomeCandidate();
  if (state === "leader") raft.becomeLeader();
  return raft;
}

test("roles follow each other as in Figure 4, and in no other way", () => {
  const become: Record<StateName, (raft: RaftState) => void> = {
    follower: (raft) => raft.becomeFollower(term(raft.term + 1), nodeId(2)),
    "pre-candidate": (raft) => raft.becomePreCandidate(),
    candidate: (raft) => raft.becomeCandidate(),
    leader: (raft) => raft.becomeLeader(),
  };
  const allowed: Record<StateName, readonly StateName[]> = {
    follower: ["follower", "pre-candidate", "candidate"],
    "pre-candidate": ["follower", "pre-candidate", "candidate"],
    candidate: ["follower", "pre-candidate", "candidate", "leader"],
    leader: ["follower"],
  };
  const after = {
    follower: { terms: 1, leader: 2 },
    "pre-candidate": { terms: 0, leader: NONE },
    candidate: { terms: 1, leader: NONE },
    leader: { terms: 0, leader: 1 },
  };
  for (const from of STATES) {
    for (const to of STATES) {
      const raft = coreIn(from);
      const before = raft.term;
      const move = () => become[to](raft);
      if (!allowed[from].includes(to)) {
        assert.throws(move, /leader/, `${from} to ${to}`);
        continue;
      }
      move();
      const { terms, leader } = after[to];
      assert.equal([raft.state, raft.term, raft.leader], [to, before + terms, leader]);
    }
  }
});

for (const state of STATES) {
  test(`a ${state} steps down for a later term, with the log that it had`, () => {
    const rounds = [
      { type: "vote", leader: NONE },
      { type: "app", leader: 2 },
    ] as const;
    for (const { type, leader } of rounds) {
      const one = peerAs(state, { term: 2, log: [1] }, { preVote: state === "pre-candidate" });
      const { log } = one;
      one.hear(2, { type, term: 3, logTerm: 2, index: 2 });
      one.run();
      assert.equal([one.state, one.term, one.leader], ["follower", 3, leader]);
      assert.equal(one.log, log);
      // As a follower it waits a whole time-out again.
      one.tick(ELECTION_TICKS - 1);
      assert.is(one.state, "follower");
    }
  });
}

for (const type of ["heartbeat", "app"] as const) {
  test(`a candidate takes the term of a leader whose ${type} is of its term or a later one`, () => {
    for (const elections of [[2], [2, 1]]) {
      const group = network(3);
      group.campaign(1);
      group.isolate(3);
      group.tick(3, ELECTION_TICKS);
      const candidate = group.get(3);
      assert.equal([candidate.state, candidate.term], ["candidate", 2]);
      for (const id of elections) group.campaign(id);
      const [id] = elections.slice(-1);
      assert.ok(id !== undefined);
      const leader = group.get(id);
      assert.is(leader.term, 1 + elections.length);

      group.heal();
      candidate.hear(id, { type, term: leader.term });
      assert.equal([candidate.state, candidate.leader], ["follower", id]);
      group.settle();
      assert.is(leader.state, "leader");
      for (const { term: own } of group.peers) assert.is(own, leader.term);
    }
  });
}

test("a member of an earlier term can elect, and be elected", () => {
  const group = network(3, { preVote: true });
  group.campaign(1);
  group.isolate(3);
  group.campaign(2);
  group.campaign(1);
  group.campaign(2);
  group.campaign(3);
  assert.equal(termsOf(group), [4, 4, 1]);
  assert.equal(statesOf(group), ["follower", "leader", "pre-candidate"]);
  group.heal();
  // The only one that both could follow is gone.
  group.isolate(2);
  group.campaign(3);
  group.campaign(1);
  assert.equal(statesOf(group), ["leader", "leader", "follower"]);
  assert.equal(termsOf(group), [5, 4, 5]);
});

test("only a voter of its own configuration stands for election", () => {
  const rounds: readonly (Begin & { readonly isStanding: boolean })[] = [
    { voters: [1], isStanding: true },
    { voters: [1, 2, 3], isStanding: true },
    { voters: [], isStanding: false },
    { voters: [2, 3], isStanding: false },
    { voters: [2, 3], learners: [1], isStanding: false },
  ];
  for (const { isStanding, ...begin } of rounds) {
    const ticked = new Peer(1, begin);
    ticked.tick(2 * ELECTION_TICKS);
    const asked = new Peer(1, begin);
    asked.node.campaign();
    const bidden = new Peer(1, begin);
    bidden.hear(2, { type: "timeout-now" });
    for (const one of [ticked, asked, bidden]) {
      assert.is(one.state !== "follower", isStanding);
      assert.is(one.term > 0, isStanding);
    }
  }
});

test("a member that times out behind a lease makes the leader of an earlier term step down", () => {
  const group = network(3, { checkQuorum: true });
  group.campaign(1);
  group.tick(3, ELECTION_TICKS);
  // They heard of their leader lately, and did not answer.
  assert.equal(statesOf(group), ["leader", "follower", "candidate"]);
  assert.equal(termsOf(group), [1, 1, 2]);
  // What it answers to the heartbeat is of a later term.
  group.tick(1, 1);
  assert.is(group.get(1).state, "follower");
  assert.equal([group.get(1).term, group.get(3).term], [2, 2]);
});

test.run();
