import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Message } from "../../src/raft/message.ts";
import { NONE, nodeId } from "../../src/std/ids.ts";
import {
  confState,
  ELECTION_TICKS,
  LawMember,
  type Options,
  type Room,
  room,
  roomOf,
  snapshotOf,
} from "./laws/members-room.ts";

const test = suite("raft: transfer of leadership");

const DROPPED = { ok: false, error: "proposal-dropped" } as const;
const isTimeoutNow = ({ type }: Message): boolean => type === "timeout-now";

/** Three of whom 1 leads. */
function led(options: Options = {}): Room {
  const group = roomOf([1, 2, 3], options);
  group.elect(1);
  return group;
}

/** 1 is handing over to 3, which hears nothing. */
function handing(options: Options = {}): Room {
  const group = led(options);
  group.cut(3);
  transfer(group, 3);
  assert.is(group.get(1).transferee, 3);
  return group;
}

function transfer(group: Room, to: number, by = 1): void {
  group.get(by).node.transferLeader(nodeId(to));
  group.settle();
}

function isLedBy(group: Room, id: number): void {
  assert.equal(group.leaders, [id]);
  for (const one of group.members) assert.is(one.transferee, NONE);
}

test("one that has the whole log leads at once, whoever is asked for it", () => {
  const settings: readonly Options[] = [
    {},
    { preVote: true },
    // The lease does not stand in the way of what the leader wants itself.
    { checkQuorum: true },
    { checkQuorum: true, preVote: true },
  ];
  for (const options of settings) {
    for (const by of [1, 2, 3]) {
      const group = led(options);
      group.get(1).propose("before");
      group.settle();
      group.sent.length = 0;
      transfer(group, 2, by);
      isLedBy(group, 2);
      assert.is(group.get(2).term, 2 + 1);
      assert.not.ok(group.sent.some(({ type }) => type === "pre-vote"));
      group.get(2).propose("after");
      group.settle();
      for (const one of group.members) assert.is(one.commit, group.get(2).lastIndex);
      transfer(group, 1, by);
      isLedBy(group, 1);
    }
  }
});

test("one that is behind is brought up first, by entries or by a snapshot", () => {
  for (const how of ["app", "snap"] as const) {
    // One entry a message, one message at a time.
    const group = led({ maxSizePerMsg: 0, maxInflightMsgs: 1 });
    group.cut(3);
    for (const text of ["a", "b", "c"]) {
      group.get(1).propose(text);
      group.settle();
    }
    if (how === "snap") group.get(1).compact();
    group.heal();
    group.sent.length = 0;
    transfer(group, 3);
    group.tick(1);
    isLedBy(group, 3);
    const toThree = group.sent.filter(({ to, from }) => to === 3 && from === 1);
    const kinds = toThree.map(({ type }) => type);
    assert.ok(kinds.includes(how));
    assert.ok(kinds.indexOf("timeout-now") > kinds.lastIndexOf(how));
    assert.is(group.get(3).lastIndex, group.get(1).lastIndex);
  }
});

test("to oneself, to a stranger and to a learner nothing is handed over", () => {
  for (const to of [1, 4, 9]) {
    const group = room(confState({ voters: [1, 2, 3], learners: [4] }));
    group.elect(1);
    transfer(group, to);
    isLedBy(group, 1);
    assert.not.ok(group.sent.some(isTimeoutNow));
    assert.ok(group.get(1).propose("goes on").ok);
  }
});

test("while leadership is handed over nothing is taken", () => {
  const group = handing();
  const one = group.get(1);
  const before = one.lastIndex;
  assert.equal(one.propose("x"), DROPPED);
  const changes = [{ kind: "add-voter", id: nodeId(4) }] as const;
  assert.equal(one.change({ transition: "auto", changes }), DROPPED);
  // Nor is what another member passes on.
  assert.ok(group.get(2).propose("x").ok);
  group.settle();
  assert.is(one.lastIndex, before);
});

test("a transfer that took an election time-out is given up, and proposals are taken again", () => {
  for (const options of [{}, { checkQuorum: true }]) {
    const group = handing(options);
    group.tick(1, ELECTION_TICKS - 1);
    assert.is(group.get(1).transferee, 3);
    assert.equal(group.get(1).propose("x"), DROPPED);
    group.tick(1);
    isLedBy(group, 1);
    assert.ok(group.get(1).propose("x").ok);
  }
});

test("asking again for the same one does not give it more time", () => {
  const group = handing();
  group.tick(1, ELECTION_TICKS - 1);
  group.sent.length = 0;
  transfer(group, 3);
  group.tick(1);
  isLedBy(group, 1);
});

test("asking for another one instead gives it to that one", () => {
  const group = handing();
  transfer(group, 2);
  group.heal();
  group.tick(2);
  isLedBy(group, 2);
});

test("another one that is asked for has an election time-out of its own", () => {
  const group = handing();
  group.loses = () => true;
  group.tick(1, ELECTION_TICKS - 1);
  transfer(group, 2);
  group.tick(1, ELECTION_TICKS - 1);
  assert.is(group.get(1).transferee, 2);
  group.tick(1);
  isLedBy(group, 1);
});

test("a transfer is called back by one to oneself", () => {
  const group = handing();
  transfer(group, 1);
  isLedBy(group, 1);
  assert.ok(group.get(1).propose("x").ok);
  group.heal();
  group.tick(1);
  isLedBy(group, 1);
});

test("one that called a transfer back leaves the joint configuration that waited for it", () => {
  const group = roomOf([1, 2, 3], {}, [4]);
  const one = group.elect(1);
  const changes = [
    { kind: "remove", id: nodeId(3) },
    { kind: "add-voter", id: nodeId(4) },
  ] as const;
  one.change({ transition: "implicit", changes });
  group.loses = isTimeoutNow;
  transfer(group, 2);
  assert.equal(one.confState.votersOutgoing, [1, 2, 3]);
  transfer(group, 1);
  group.tick(1, ELECTION_TICKS);
  assert.equal(one.confState, confState({ voters: [1, 2, 4] }));
});

test("an election that another one begins ends the transfer", () => {
  const group = handing();
  group.elect(2);
  isLedBy(group, 2);
  assert.is(group.get(1).leader, 2);
});

test("one that is no voter any more is not waited for", () => {
  for (const kind of ["remove", "add-learner"] as const) {
    const group = led();
    const one = group.get(1);
    // Proposed before: it is committed while leadership is handed over.
    one.change({ transition: "auto", changes: [{ kind, id: nodeId(3) }] });
    group.loses = ({ to }) => to === 1 || to === 3;
    transfer(group, 3);
    assert.is(one.transferee, 3);
    group.loses = ({ to }) => to === 3;
    group.tick(1);
    assert.equal(one.confState.voters, [1, 2]);
    isLedBy(group, 1);
    assert.ok(one.propose("x").ok);
  }
});

test("one that is no member stands in no election, though it is told to", () => {
  const one = new LawMember(1, snapshotOf(confState({ voters: [2, 3, 4] })));
  one.hear(2, { type: "timeout-now" });
  for (const id of [2, 3]) one.hear(id, { type: "vote-resp" });
  assert.is(one.state, "follower");
  assert.is(one.term, 1);
});

test("a transfer whose last word is lost leaves one leader, and can be asked for again", () => {
  const group = led();
  group.loses = isTimeoutNow;
  transfer(group, 2);
  assert.is(group.get(1).transferee, 2);
  group.tick(1, ELECTION_TICKS);
  isLedBy(group, 1);
  group.heal();
  transfer(group, 2);
  isLedBy(group, 2);
});

test.run();
