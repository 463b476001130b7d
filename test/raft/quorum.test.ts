import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  committedIndex,
  type JointConfig,
  jointCommittedIndex,
  jointVoteResult,
  type VoteResult,
  voteResult,
} from "../../src/raft/quorum.ts";
import { type Index, index, type NodeId, nodeId } from "../../src/std/ids.ts";
import { type Prng, prng } from "../../src/std/prng.ts";

const test = suite("raft: quorum");

const SEED = 17;
const ROUNDS = 2000;
const NOBODY: ReadonlySet<NodeId> = new Set();
const swapped = ({ incoming, outgoing }: JointConfig): JointConfig => ({
  incoming: outgoing,
  outgoing: incoming,
});

type Votes = ReadonlyMap<NodeId, boolean>;
type Acks = ReadonlyMap<NodeId, Index>;

/** Up to six of nine members; a half may be empty. */
function someVoters(random: Prng): ReadonlySet<NodeId> {
  return new Set(Array.from({ length: random.below(7) }, () => nodeId(1 + random.below(9))));
}

const everyone = ({ incoming, outgoing }: JointConfig): readonly NodeId[] => [
  ...new Set([...incoming, ...outgoing]),
];

function someVotes(random: Prng, ids: readonly NodeId[]): Votes {
  const voting = ids.filter(() => random.chance(0.6));
  return new Map(voting.map((id) => [id, random.chance(0.5)]));
}

function someAcks(random: Prng, ids: readonly NodeId[]): Acks {
  const heard = ids.filter(() => random.chance(0.8));
  return new Map(heard.map((id) => [id, index(random.below(12))]));
}

const reader =
  (acks: Acks) =>
  (id: NodeId): Index | undefined =>
    acks.get(id);

function law(
  title: string,
  body: (config: JointConfig, random: Prng, at: string) => void,
  rounds = ROUNDS,
): void {
  test(title, () => {
    const random = prng(SEED);
    for (let round = 0; round < rounds; round++) {
      const config = { incoming: someVoters(random), outgoing: someVoters(random) };
      body(config, random, `SEED=${SEED} round ${round}`);
    }
  });
}

law(
  "a pair with itself, and a pair with nobody, decides as one majority does",
  (one, random, at) => {
    const { incoming } = one;
    const votes = someVotes(random, [...incoming]);
    const acked = reader(someAcks(random, [...incoming]));
    for (const outgoing of [incoming, NOBODY]) {
      const pair = { incoming, outgoing };
      assert.is(jointVoteResult(pair, votes), voteResult(incoming, votes), at);
      assert.is(jointCommittedIndex(pair, acked), committedIndex(incoming, acked), at);
    }
  },
);

law("it does not matter which half is which", (config, random, at) => {
  const votes = someVotes(random, everyone(config));
  const acked = reader(someAcks(random, everyone(config)));
  assert.is(jointVoteResult(config, votes), jointVoteResult(swapped(config), votes), at);
  assert.is(jointCommittedIndex(config, acked), jointCommittedIndex(swapped(config), acked), at);
});

const isMajority = (voters: ReadonlySet<NodeId>, has: (id: NodeId) => boolean): boolean =>
  voters.size === 0 || [...voters].filter(has).length * 2 > voters.size;
const isQuorum = ({ incoming, outgoing }: JointConfig, has: (id: NodeId) => boolean): boolean =>
  isMajority(incoming, has) && isMajority(outgoing, has);

law(
  "committed is the highest index that a quorum reached, found by trying all",
  (one, random, at) => {
    const acks = someAcks(random, everyone(one));
    const reached = (wanted: number) => (id: NodeId) => (acks.get(id) ?? 0) >= wanted;
    let highest = 0;
    for (let wanted = 1; wanted <= 12; wanted++) {
      if (isQuorum(one, reached(wanted))) highest = wanted;
    }
    const isEmpty = everyone(one).length === 0;
    assert.is(jointCommittedIndex(one, reader(acks)), isEmpty ? Infinity : highest, at);
  },
);

/** What is decided whatever the others will answer. */
function byTryingAll(config: JointConfig, votes: Votes): VoteResult {
  const open = everyone(config).filter((id) => !votes.has(id));
  let won = 0;
  for (let choice = 0; choice < 2 ** open.length; choice++) {
    const yes = new Set(open.filter((_, i) => Math.floor(choice / 2 ** i) % 2 === 1));
    if (isQuorum(config, (id) => votes.get(id) ?? yes.has(id))) won++;
  }
  if (won === 2 ** open.length) return "won";
  return won === 0 ? "lost" : "pending";
}

law(
  "a vote is decided as soon as no answer that is still missing can change it",
  (config, random, at) => {
    const votes = someVotes(random, everyone(config));
    assert.is(jointVoteResult(config, votes), byTryingAll(config, votes), at);
  },
  500,
);

law("one more vote never undoes what was decided", (config, random, at) => {
  const votes = new Map(someVotes(random, everyone(config)));
  const before = jointVoteResult(config, votes);
  for (const id of everyone(config)) {
    if (!votes.has(id)) votes.set(id, random.chance(0.5));
    if (before !== "pending") assert.is(jointVoteResult(config, votes), before, at);
  }
  assert.is.not(jointVoteResult(config, votes), "pending", at);
});

law("one more acknowledgement never lowers what is committed", (config, random, at) => {
  const acks = new Map(someAcks(random, everyone(config)));
  for (const id of everyone(config)) {
    const before = jointCommittedIndex(config, reader(acks));
    acks.set(id, index((acks.get(id) ?? 0) + random.below(3)));
    assert.ok(jointCommittedIndex(config, reader(acks)) >= before, at);
  }
});

law("whoever wins a vote has the vote of one who has what is committed", (config, random, at) => {
  const ids = everyone(config);
  const acks = someAcks(random, ids);
  const committed = jointCommittedIndex(config, reader(acks));
  const votes = someVotes(random, ids);
  if (ids.length === 0 || jointVoteResult(config, votes) !== "won") return;
  const electors = ids.filter((id) => votes.get(id) === true);
  assert.ok(
    electors.some((id) => (acks.get(id) ?? 0) >= committed),
    at,
  );
});

law("those who are no voters count for nothing", (config, random, at) => {
  const ids = everyone(config);
  const votes = someVotes(random, ids);
  const acks = someAcks(random, ids);
  const [strangers, far] = [[100, 101, 102, 103, 104, 105, 106].map(nodeId), index(99)];
  const moreVotes = new Map([...votes, ...strangers.map((id) => [id, true] as const)]);
  const moreAcks = new Map([...acks, ...strangers.map((id) => [id, far] as const)]);
  assert.is(jointVoteResult(config, moreVotes), jointVoteResult(config, votes), at);
  const committed = jointCommittedIndex(config, reader(acks));
  assert.is(jointCommittedIndex(config, reader(moreAcks)), committed, at);
});

test.run();
