import { suite } from "uvu";
import * as assert from "uvu/assert";
import { NONE, nodeId } from "../../src/std/ids.ts";
import { ELECTION_TICKS, Network, network, Peer, peerAs } from "./laws/paper-network.ts";

/** Thesis §6.2 and §6.4.1: a leader without a majority, and the lease of one that has it. */
const test = suite("raft: check of the quorum");

const checkQuorum = true;
const statesOf = (group: Network) => group.peers.map(({ state }) => state);
const termsOf = (group: Network) => group.peers.map(({ term }) => term);

/** Silence for one member, which is too patient to stand for election itself. */
function wait(peer: Peer, ticks: number): void {
  peer.node.setRandomizedElectionTimeout(2 * ELECTION_TICKS);
  peer.tick(ticks);
}

for (const type of ["heartbeat-resp", "app-resp"] as const) {
  test(`a leader stays one while a majority sends it a ${type}, and no longer`, () => {
    const rounds = [
      { size: 1, answering: [], isLeader: true },
      { size: 3, answering: [], isLeader: false },
      { size: 3, answering: [2], isLeader: true },
      { size: 3, answering: [2, 3], isLeader: true },
      { size: 5, answering: [2], isLeader: false },
      { size: 5, answering: [2, 3], isLeader: true },
    ];
    for (const { size, answering, isLeader } of rounds) {
      const voters = Array.from({ length: size }, (_, i) => i + 1);
      const leader = peerAs("leader", { voters }, { checkQuorum });
      for (let ticks = 0; ticks < 3 * ELECTION_TICKS && leader.state === "leader"; ticks++) {
        for (const from of answering) leader.hear(from, { type });
        leader.tick(1);
        leader.run();
      }
      assert.is(leader.state === "leader", isLeader, `${answering.length} answer, of ${size}`);
      assert.is(leader.leader, isLeader ? 1 : NONE);
      assert.is(leader.term, 1);
    }
  });
}

test("a leader that loses its majority steps down within two election time-outs", () => {
  for (const lastHeard of [0, 1, ELECTION_TICKS / 2, ELECTION_TICKS - 1]) {
    const leader = peerAs("leader", {}, { checkQuorum });
    leader.tick(lastHeard);
    leader.hear(2, { type: "heartbeat-resp" });
    leader.tick(ELECTION_TICKS - lastHeard);
    assert.is(leader.state, "leader", "one answered since the last check");
    leader.tick(ELECTION_TICKS);
    assert.is(leader.state, "follower");
  }
});

test("without the check, a leader that nobody answers stays one", () => {
  const leader = peerAs("leader");
  leader.tick(3 * ELECTION_TICKS);
  assert.is(leader.state, "leader");
});

test("who hears of a leader votes for no other, until an election time-out of silence", () => {
  const group = network(3, { checkQuorum });
  group.campaign(1);
  wait(group.get(2), ELECTION_TICKS - 1);
  group.campaign(3);
  assert.equal(statesOf(group), ["leader", "follower", "candidate"]);
  assert.equal(termsOf(group), [1, 1, 2], "a vote that is ignored changes no term");
  assert.is(group.get(2).leader, 1);

  wait(group.get(2), 1);
  group.campaign(3);
  assert.equal(statesOf(group), ["follower", "follower", "leader"]);
  assert.equal(termsOf(group), [3, 3, 3]);
});

test("what a leader sends renews its lease", () => {
  for (const type of ["app", "heartbeat"] as const) {
    const one = new Peer(1, { term: 1 }, { checkQuorum });
    one.hear(2, { type });
    wait(one, ELECTION_TICKS - 1);
    one.hear(2, { type });
    wait(one, ELECTION_TICKS - 1);
    one.run();
    one.hear(3, { type: "vote", term: 2 });
    assert.not.ok(one.node.hasReady(), "no answer");
    assert.equal([one.term, one.leader], [1, 2]);
  }
});

test("with leases, the first election is held at once, the next when the leader is silent", () => {
  const group = network(3, { checkQuorum });
  group.campaign(1);
  assert.equal(statesOf(group), ["leader", "follower", "follower"]);
  for (const [id, other] of [
    [3, 2],
    [2, 1],
    [1, 3],
  ] as const) {
    wait(group.get(other), ELECTION_TICKS);
    const leader = group.campaign(id);
    assert.equal(group.leaders, [id]);
    for (const one of group.peers) assert.equal([one.leader, one.term], [id, leader.term]);
  }
});

test("a candidate that is stuck behind leases in a later term is freed by the leader", () => {
  const group = network(3, { checkQuorum });
  group.campaign(1);
  group.isolate(3);
  group.campaign(3);
  group.heal();
  const stuck = group.campaign(3);
  assert.equal(statesOf(group), ["leader", "follower", "candidate"]);
  assert.equal(termsOf(group), [1, 1, 3]);
  // Its answer to the heartbeat is of its term: the leader has to give way, and votes again.
  group.tick(1, 1);
  assert.equal(statesOf(group), ["follower", "follower", "candidate"]);
  assert.is(group.get(1).term, stuck.term);
  group.campaign(3);
  assert.equal(statesOf(group), ["follower", "follower", "leader"]);
  assert.equal(termsOf(group), [4, 4, 4]);
});

test("a voter that does not know that it is one votes, follows, and lets leases run out", () => {
  const leader = new Peer(1, { voters: [1, 2] }, { checkQuorum });
  const unaware = new Peer(2, { voters: [1] }, { checkQuorum });
  const group = new Network([leader, unaware]);
  unaware.tick(3 * ELECTION_TICKS);
  assert.is(unaware.state, "follower", "it does not stand itself");
  group.campaign(1);
  assert.equal(statesOf(group), ["leader", "follower"]);
  assert.is(unaware.leader, 1);

  const ask = () => unaware.hear(1, { type: "vote", term: 2, logTerm: 1, index: 1 });
  unaware.tick(ELECTION_TICKS - 1);
  ask();
  assert.not.ok(unaware.node.hasReady());
  unaware.tick(1);
  ask();
  assert.equal(
    unaware.run().map(({ type, reject }) => [type, reject]),
    [["vote-resp", false]],
  );
});

test("a newcomer counts as active until the first check that could have heard of it", () => {
  const group = network(1, { checkQuorum });
  const leader = group.campaign(1);
  group.tick(1, ELECTION_TICKS - 1);
  const changes = [{ kind: "add-voter", id: nodeId(2) }] as const;
  assert.ok(leader.node.proposeConfChange({ transition: "auto", changes }).ok);
  group.settle();
  assert.equal(leader.node.basicStatus().confState.voters, [1, 2]);
  group.tick(1, 1);
  assert.is(leader.state, "leader", "it had one tick to answer");
  group.tick(1, ELECTION_TICKS - 1);
  assert.is(leader.state, "leader");
  group.tick(1, 1);
  assert.is(leader.state, "follower", "it had a whole time-out");
});

test.run();
