import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SingleChange } from "../../src/raft/conf-change.ts";
import { index, nodeId, term } from "../../src/std/ids.ts";
import {
  confState,
  ELECTION_TICKS,
  LawMember,
  room,
  roomOf,
  START,
  snapshotOf,
} from "./laws/members-room.ts";

const test = suite("raft: learners");

const auto = (kind: SingleChange["kind"], id: number) =>
  ({ transition: "auto", changes: [{ kind, id: nodeId(id) }] }) as const;

/** Of whom 3 only learns. */
const GROUP = confState({ voters: [1, 2], learners: [3] });
const learner = (): LawMember => new LawMember(3, snapshotOf(GROUP));

test("a learner never stands for election, whatever it is told and however long it waits", () => {
  for (const options of [{}, { preVote: true }, { checkQuorum: true }]) {
    const one = new LawMember(3, snapshotOf(GROUP), options);
    one.tick(10 * ELECTION_TICKS);
    one.node.campaign();
    one.hear(1, { type: "timeout-now" });
    one.node.transferLeader(nodeId(3));
    for (const from of [1, 2]) one.hear(from, { type: "vote-resp" });
    one.tick(10 * ELECTION_TICKS);
    assert.is(one.state, "follower");
    assert.is(one.term, 1);
    assert.equal(one.run(), []);
  }
});

test("nobody asks a learner for its vote, and its answer counts for nothing", () => {
  const group = room(GROUP);
  group.loses = ({ to }) => to === 2;
  group.get(1).node.campaign();
  group.settle();
  assert.equal(
    group.sent.map(({ type, to }) => `${type} ${to}`),
    ["vote 2"],
  );
  group.get(1).hear(3, { type: "vote-resp" });
  assert.is(group.get(1).state, "candidate");
});

test("a learner that is asked all the same votes: it may have become a voter unknowingly", () => {
  const one = learner();
  one.hear(2, { type: "vote", term: term(2), index: index(START + 1), logTerm: term(1) });
  assert.equal(
    one.run().map(({ type, to, reject }) => ({ type, to, reject })),
    [{ type: "vote-resp", to: 2, reject: false }],
  );
  one.hear(1, { type: "vote", term: term(2), index: index(START + 1), logTerm: term(1) });
  assert.is(one.run()[0]?.reject, true, "one vote a term, as everyone");
});

test("a learner gets the log and the commit index as everyone does", () => {
  const group = room(GROUP);
  const one = group.elect(1);
  one.propose("a");
  one.propose("b");
  group.settle();
  const three = group.get(3);
  assert.is(three.commit, one.lastIndex);
  assert.equal(three.applied, one.applied);
  const progress = one.node.status().progress.get(nodeId(3));
  assert.is(progress?.match, one.lastIndex);
  assert.is(progress?.isLearner, true);
});

test("what only a learner has is not committed", () => {
  const group = room(GROUP);
  const one = group.elect(1);
  group.cut(2);
  const before = one.commit;
  one.propose("x");
  group.settle();
  assert.is(group.get(3).lastIndex, one.lastIndex);
  assert.is(one.commit, before);
});

test("a learner's silence costs a leader nothing, its voice gives it nothing", () => {
  for (const { silent, state } of [
    { silent: 3, state: "leader" },
    { silent: 2, state: "follower" },
  ]) {
    const group = room(GROUP, { checkQuorum: true });
    group.elect(1);
    group.cut(silent);
    group.tick(1, 2 * ELECTION_TICKS);
    assert.is(group.get(1).state, state);
  }
});

test("a learner that is made a voter stands for election and wins", () => {
  const group = room(confState({ voters: [1], learners: [2] }));
  const one = group.elect(1);
  one.change(auto("add-voter", 2));
  group.settle();
  const two = group.get(2);
  for (const { confState: found } of group.members) {
    assert.equal(found, confState({ voters: [1, 2] }));
  }
  two.tick(ELECTION_TICKS);
  group.settle();
  assert.equal(group.leaders, [2]);
  assert.is(one.state, "follower");
});

test("a learner is added, removed and added again, by proposals", () => {
  const group = roomOf([1, 2], {}, [3]);
  const one = group.elect(1);
  const table = [
    { kind: "add-learner", learners: [3] },
    { kind: "add-learner", learners: [3] },
    { kind: "remove", learners: [] },
    { kind: "remove", learners: [] },
    { kind: "add-learner", learners: [3] },
  ] as const;
  for (const { kind, learners } of table) {
    assert.ok(one.change(auto(kind, 3)).ok);
    group.settle();
    assert.equal(one.confState, confState({ voters: [1, 2], learners }));
    assert.equal(group.get(2).confState, one.confState);
    const isFollowed = one.node.status().progress.has(nodeId(3));
    assert.is(isFollowed, learners.length > 0);
  }
  assert.is(group.get(3).lastIndex, one.lastIndex);
});

test("a voter that is made a learner leads no more, and stands in no election", () => {
  const group = roomOf([1, 2, 3], { stepDownOnRemoval: true });
  const one = group.elect(1);
  one.change(auto("add-learner", 1));
  group.settle();
  assert.is(one.state, "follower");
  one.tick(10 * ELECTION_TICKS);
  assert.is(one.state, "follower");
  assert.equal(group.elect(2).confState, confState({ voters: [2, 3], learners: [1] }));
});

test("a learner is brought up by a snapshot", () => {
  const group = room(GROUP);
  const one = group.elect(1);
  group.cut(3);
  for (const text of ["a", "b"]) {
    one.propose(text);
    group.settle();
  }
  one.compact();
  group.heal();
  group.tick(1, 2);
  assert.ok(group.sent.some(({ type, to }) => type === "snap" && to === 3));
  const three = group.get(3);
  assert.is(three.commit, one.commit);
  assert.equal(three.confState, GROUP);
  assert.is(three.state, "follower");
  one.propose("c");
  group.settle();
  assert.is(three.lastIndex, one.lastIndex);
});

test("a snapshot makes a member the learner or voter that it says", () => {
  const table = [
    { from: GROUP, to: GROUP, stands: false, why: "still a learner" },
    { from: GROUP, to: confState({ voters: [1, 2, 3] }), stands: true, why: "promoted" },
    { from: confState({ voters: [1, 2, 3] }), to: GROUP, stands: false, why: "demoted" },
    {
      from: confState({ voters: [1, 2] }),
      to: GROUP,
      stands: false,
      why: "added",
    },
    {
      from: confState({ voters: [1, 2, 3] }),
      to: confState({ voters: [1, 2], votersOutgoing: [1, 2, 3], learnersNext: [3] }),
      stands: true,
      why: "a voter until the joint configuration is left",
    },
  ];
  for (const { from, to, stands, why } of table) {
    const one = new LawMember(3, snapshotOf(from));
    const snapshot = snapshotOf(to, START + 8, 2);
    one.hear(1, { type: "snap", term: term(2), snapshot });
    one.run();
    assert.equal(one.confState, to, why);
    assert.is(one.lastIndex, snapshot.index, why);
    assert.is(one.commit, snapshot.index, why);
    one.node.campaign();
    assert.is(one.state, stands ? "candidate" : "follower", why);
  }
});

test("a restart finds its learners where they were", () => {
  const one = learner();
  one.restart();
  assert.equal(one.confState, GROUP);
  one.tick(10 * ELECTION_TICKS);
  assert.is(one.state, "follower");
});

test.run();
