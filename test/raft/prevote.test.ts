import { suite } from "uvu";
import * as assert from "uvu/assert";
import { NONE } from "../../src/std/ids.ts";
import { electionLaws, WITH_PRE_VOTE } from "./laws/election-laws.ts";
import { ELECTION_TICKS, Network, network, Peer } from "./laws/paper-network.ts";

/** Thesis §9.6: who asks first whether it could win. */
const test = suite("raft: pre-vote");

electionLaws(test, WITH_PRE_VOTE);

const termsOf = (group: Network) => group.peers.map(({ term }) => term);
const statesOf = (group: Network) => group.peers.map(({ state }) => state);

test("a member without a majority asks again at each time-out, and enters no term", () => {
  const one = new Peer(1, { term: 1 }, { preVote: true });
  for (let times = 0; times < 3; times++) {
    one.tick(ELECTION_TICKS - 1);
    assert.equal(one.run(), []);
    one.tick(1);
    assert.equal(
      one.run().map(({ type, to, term }) => [type, to, term]),
      [2, 3].map((to) => ["pre-vote", to, 2]),
    );
    assert.equal([one.state, one.term, one.hardState.vote], ["pre-candidate", 1, NONE]);
  }
});

test("what a member promised itself as a pre-candidate is no vote of the candidate", () => {
  const one = new Peer(1, { term: 1 }, { preVote: true });
  one.node.campaign();
  const asked = one.write();
  for (const from of [2, 3]) one.hear(from, { type: "pre-vote-resp", term: 2 });
  assert.equal([one.state, one.term], ["candidate", 2]);
  one.node.advance(asked);
  // Its own vote is not durable yet: one vote of three.
  one.hear(2, { type: "vote-resp" });
  assert.is(one.state, "candidate");
  one.run();
  assert.is(one.state, "leader");
});

test("a member that was away and comes back changes nobody's term", () => {
  const group = network(3, { preVote: true });
  group.campaign(1);
  group.isolate(3);
  group.get(1).propose("x");
  group.settle();
  group.tick(3, 5 * ELECTION_TICKS);
  assert.equal(statesOf(group), ["leader", "follower", "pre-candidate"]);
  group.heal();
  // Its log is shorter: it is refused.
  group.campaign(3);
  assert.equal(group.leaders, [1]);
  assert.equal(termsOf(group), [1, 1, 1]);
  group.tick(1, 1);
  assert.equal(statesOf(group), ["leader", "follower", "follower"]);
  assert.is(group.get(3).leader, 1);
  assert.equal(group.get(3).log, [1, 1]);
});

test("a member that times out behind a lease disturbs nobody when it asks first", () => {
  const group = network(3, { checkQuorum: true, preVote: true });
  group.campaign(1);
  group.tick(3, ELECTION_TICKS);
  assert.equal(statesOf(group), ["leader", "follower", "pre-candidate"]);
  group.tick(1, 1);
  assert.equal(statesOf(group), ["leader", "follower", "follower"]);
  assert.equal(termsOf(group), [1, 1, 1]);
});

test("two who both may stand split the vote, and the next one to stand wins", () => {
  const group = network(3, { preVote: true });
  group.campaign(1);
  group.isolate(1);
  for (const id of [2, 3]) group.get(id).node.campaign();
  group.settle();
  assert.equal(statesOf(group), ["leader", "candidate", "candidate"]);
  assert.equal(termsOf(group), [1, 2, 2]);
  group.campaign(2);
  assert.equal(statesOf(group), ["leader", "leader", "follower"]);
  assert.equal(termsOf(group), [1, 3, 3]);
});

test("with a check of the quorum too, the others elect one once they miss their leader", () => {
  const group = network(3, { preVote: true, checkQuorum: true });
  group.campaign(1);
  group.isolate(1);
  // 3 has heard of a leader lately, as far as it knows.
  group.tick(2, ELECTION_TICKS);
  assert.equal(statesOf(group), ["leader", "pre-candidate", "follower"]);
  assert.is(group.get(3).leader, 1);
  group.tick(3, ELECTION_TICKS);
  assert.equal(statesOf(group), ["leader", "follower", "leader"]);
  assert.equal(termsOf(group), [1, 2, 2]);
});

/** 3 does not ask first, is away, and comes back with pre-votes: ahead in terms, behind in log. */
function migrated(): Network {
  const voters = [1, 2, 3];
  const group = new Network(voters.map((id) => new Peer(id, { voters }, { preVote: id !== 3 })));
  group.campaign(1);
  group.isolate(3);
  group.get(1).propose("x");
  group.settle();
  for (let times = 0; times < 3; times++) group.campaign(3);
  assert.equal(statesOf(group), ["leader", "follower", "candidate"]);
  assert.equal(termsOf(group), [1, 1, 4]);
  group.get(3).restart({ preVote: true });
  group.heal();
  return group;
}

test("a member of a later term that begins to ask first does not keep others from leading", () => {
  const group = migrated();
  group.isolate(1);
  group.campaign(3);
  group.campaign(2);
  // Refused for its term, and it learned of it.
  assert.equal(termsOf(group), [1, 4, 4]);
  assert.is(group.get(3).leader, NONE);
  group.campaign(3);
  assert.equal(group.leaders, [1], "the shorter log is refused");
  group.campaign(2);
  assert.equal(statesOf(group), ["leader", "leader", "follower"]);
  assert.equal(termsOf(group), [1, 5, 5]);
});

test("a pre-candidate that is stuck in a later term is freed by the leader's next message", () => {
  const group = migrated();
  for (let times = 0; times < 2; times++) {
    group.campaign(3);
    assert.equal(statesOf(group), ["leader", "follower", "pre-candidate"]);
  }
  // It answers in its own term, and the leader steps down into that.
  group.tick(1, 1);
  assert.is(group.get(1).state, "follower");
  assert.is(group.get(1).term, 4);
  group.campaign(1);
  assert.equal(statesOf(group), ["leader", "follower", "follower"]);
  assert.equal(termsOf(group), [5, 5, 5]);
  for (const { log } of group.peers) assert.equal(log, [1, 1, 5]);
});

test.run();
