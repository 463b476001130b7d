// Laws of elections that hold with a pre-vote and without.

import * as assert from "uvu/assert";
import type { StateName } from "../../../src/raft/types.ts";
import { NONE } from "../../../src/std/ids.ts";
import { Network, network, Peer, peerAs } from "./paper-network.ts";

export interface Kind {
  readonly preVote: boolean;
  readonly asks: "vote" | "pre-vote";
  readonly answers: "vote-resp" | "pre-vote-resp";
  /** What who stands for election becomes first. */
  readonly stands: StateName;
}

export const PLAIN: Kind = {
  preVote: false,
  asks: "vote",
  answers: "vote-resp",
  stands: "candidate",
};

export const WITH_PRE_VOTE: Kind = {
  preVote: true,
  asks: "pre-vote",
  answers: "pre-vote-resp",
  stands: "pre-candidate",
};

type Test = (name: string, body: () => void) => void;

const STATES: readonly StateName[] = ["follower", "pre-candidate", "candidate", "leader"];
const withStates = (state: StateName) => ({ preVote: state === "pre-candidate" });

export function electionLaws(test: Test, kind: Kind): void {
  outcomes(test, kind);
  rivals(test, kind);
  votes(test, kind);
  alone(test, kind);
}

function outcomes(test: Test, { preVote, stands }: Kind): void {
  test("who campaigns leads if a majority lives and has no longer log", () => {
    // A pre-candidate that waits has not entered the next term.
    const waits = { state: stands, term: preVote ? 0 : 1 };
    const leads = { state: "leader", term: 1 };
    const rounds = [
      { size: 3, dead: [], ends: leads },
      { size: 3, dead: [3], ends: leads },
      { size: 3, dead: [2, 3], ends: waits },
      { size: 4, dead: [3, 4], ends: waits },
      { size: 5, dead: [3, 4], ends: leads },
      { size: 5, dead: [], logs: [[], [1], [1], [1, 1], []], ends: { state: "follower", term: 1 } },
    ];
    for (const { size, dead, logs = [], ends } of rounds) {
      const voters = Array.from({ length: size }, (_, i) => i + 1);
      const living = voters.filter((id) => !(dead as readonly number[]).includes(id));
      const begin = (id: number) => ({ voters, log: logs[id - 1] ?? [] });
      const peers = living.map((id) => new Peer(id, begin(id), { preVote }));
      const { state, term } = new Network(peers).campaign(1);
      assert.equal({ state, term }, ends, `${living.length} of ${size} live`);
    }
  });

  test("everyone can lead in turn, and the one before follows", () => {
    const group = network(3, { preVote });
    for (const [round, id] of [1, 2, 3, 1].entries()) {
      const { term } = group.campaign(id);
      assert.equal(group.leaders, [id]);
      assert.is(term, round + 1);
      for (const one of group.peers) assert.equal([one.leader, one.term], [id, round + 1]);
    }
  });

  test("a leader replaces newer entries that were never committed", () => {
    const voters = [1, 2, 3, 4, 5];
    // 1 led in term 1 and told only 2; then 4 and 5 elected 3, which told nobody.
    const peers = [
      new Peer(1, { voters, log: [1] }, { preVote }),
      new Peer(2, { voters, log: [1] }, { preVote }),
      new Peer(3, { voters, log: [2], vote: 3 }, { preVote }),
      new Peer(4, { voters, term: 2, vote: 3 }, { preVote }),
      new Peer(5, { voters, term: 2, vote: 3 }, { preVote }),
    ];
    const group = new Network(peers);
    // A majority has voted in term 2 already: all it learns is that term.
    const one = group.campaign(1);
    assert.equal([one.state, one.term], ["follower", 2]);
    group.campaign(1);
    assert.equal([one.state, one.term], ["leader", 3]);
    for (const peer of peers) assert.equal(peer.log, [1, 3], `log of ${peer.id}`);
  });
}

function rivals(test: Test, { preVote, stands, answers }: Kind): void {
  test("of two who campaign at once, apart, one leads; the other loses when they meet", () => {
    const group = network(3, { preVote });
    group.cut(1, 3);
    group.campaign(1);
    const loser = group.campaign(3);
    assert.equal(group.leaders, [1]);
    // 2 refuses it; the refusal of a pre-vote tells it of the term, and it waits for its leader.
    assert.is(loser.state, preVote ? "follower" : "candidate");
    group.heal();
    group.campaign(3);
    // Its log is shorter. Without a pre-vote it takes the leader with it.
    assert.equal(group.leaders, preVote ? [1] : []);
    assert.equal(
      group.peers.map(({ term }) => term),
      preVote ? [1, 1, 1] : [2, 2, 2],
    );
    assert.equal(
      group.peers.map(({ log }) => log),
      [[1], [1], []],
    );
  });

  test("a vote for oneself that is durable when the election is lost counts for nothing", () => {
    const one = new Peer(1, { term: 1 }, { preVote });
    one.node.campaign();
    const ready = one.write();
    assert.is(one.state, stands);
    one.hear(2, { type: "heartbeat" });
    one.node.advance(ready);
    one.run();
    assert.equal([one.state, one.leader], ["follower", 2]);
    assert.not.ok(one.events.some(({ kind }) => kind === "vote-received"));
    // Nor in the next election.
    one.node.campaign();
    one.write();
    one.hear(2, { type: answers, term: preVote ? one.term + 1 : one.term });
    assert.is(one.state, stands);
  });
}

function votes(test: Test, { asks, answers }: Kind): void {
  for (const state of STATES) {
    test(`a ${state} grants a ${asks} of a later term to who has all that it has`, () => {
      const one = peerAs(state, { term: 2, log: [1] }, withStates(state));
      const before = one.node.basicStatus();
      one.hear(2, { type: asks, term: 3, logTerm: 2, index: 9 });
      assert.equal(
        one.run().map(({ type, to, term, reject }) => [type, to, term, reject]),
        [[answers, 2, 3, false]],
      );
      if (asks === "pre-vote") assert.equal(one.node.basicStatus(), before, "and stays as it was");
      else {
        assert.equal([one.state, one.leader], ["follower", NONE]);
        assert.equal([one.disk.hardState.term, one.disk.hardState.vote], [3, 2]);
      }
    });
  }

  test(`a ${asks} of this term is granted to who has all, unless another has the vote`, () => {
    for (const vote of [NONE, 2, 3]) {
      for (const logTerm of [0, 1, 2, 3]) {
        for (const index of [0, 1, 2, 3]) {
          const one = new Peer(1, { term: 3, vote, log: [2, 2] });
          one.hear(2, { type: asks, term: 3, logTerm, index });
          const [answer] = one.run();
          const isUpToDate = logTerm > 2 || (logTerm === 2 && index >= 2);
          assert.is(answer?.type, answers);
          const isGranted = isUpToDate && vote !== 3;
          assert.is(answer?.reject, !isGranted, `${index} of ${logTerm}, after a vote for ${vote}`);
        }
      }
    }
  });

  test(`who knows the leader of a term refuses every ${asks} of it`, () => {
    const one = new Peer(1, { term: 3 });
    one.hear(2, { type: "heartbeat" });
    one.run();
    one.hear(3, { type: asks, logTerm: 2, index: 9 });
    assert.equal(
      one.run().map(({ type, to, term, reject }) => [type, to, term, reject]),
      [[answers, 3, 3, true]],
    );
  });

  test(`who votes for itself, or leads, refuses a ${asks} of the present term`, () => {
    for (const state of STATES) {
      const one = peerAs(state, { term: 3, vote: 1, log: [2, 2] }, withStates(state));
      one.hear(2, { type: asks, term: 3, logTerm: 3, index: 9 });
      assert.equal(
        one.run().map(({ type, to, term, reject }) => [type, to, term, reject]),
        [[answers, 2, 3, true]],
        state,
      );
      assert.is(one.state, state);
    }
  });
}

function alone(test: Test, { preVote }: Kind): void {
  test("a member alone elects itself", () => {
    const one = network(1, { preVote }).campaign(1);
    assert.equal([one.state, one.term, one.hardState.commit], ["leader", 1, 1]);
  });

  test("a leader that is asked to campaign stays what it is", () => {
    for (const size of [1, 3]) {
      const group = network(size, { preVote });
      const leader = group.campaign(1);
      const before = leader.node.basicStatus();
      leader.node.campaign();
      assert.not.ok(leader.node.hasReady());
      assert.equal(leader.node.basicStatus(), before);
    }
  });
}
