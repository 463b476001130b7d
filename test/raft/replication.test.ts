import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Message, type MessageType, message } from "../../src/raft/message.ts";
import { index, nodeId, term } from "../../src/std/ids.ts";
import { type LawMember, roomOf, START } from "./laws/members-room.ts";
import {
  ack,
  append,
  appendsTo,
  beat,
  entriesFrom,
  follow,
  leaderWith,
  logOf,
  memberWith,
  orders,
  progressOf,
  propose,
  textOf,
  typesTo,
} from "./laws/replication-member.ts";
import { ANSWERS, APPENDS, COMMITS, CONFLICTS, HELD, REACHES } from "./laws/replication-tables.ts";

/** Raft §5.3 and §5.4.2: logs become alike, and what is committed stays. */
const test = suite("raft: replication");

const saidBy = (one: LawMember): string[] =>
  textOf(one.applied.filter(({ data }) => data.length > 0));

// What a group agrees on.

for (const leaders of [[1], [1, 2], [1, 2, 1], [3, 2, 1]]) {
  test(`all apply the same in the same order while ${leaders} lead in turn`, () => {
    const room = roomOf([1, 2, 3]);
    const said: string[] = [];
    for (const id of leaders) {
      room.elect(id);
      for (const text of [`by ${id}`, `in ${room.get(id).term}`]) {
        room.get(id).propose(text);
        said.push(text);
        room.settle();
      }
    }
    for (const one of room.members) {
      assert.equal(saidBy(one), said);
      assert.is(one.commit, START + leaders.length + said.length);
      assert.equal(logOf(one), logOf(room.get(1)));
    }
  });
}

for (const [voters, cut, isCommitted] of REACHES) {
  const outcome = isCommitted ? "is committed" : "waits";
  test(`a proposal ${outcome} where ${cut} of ${voters} are out of reach`, () => {
    const ids = Array.from({ length: voters }, (_, i) => i + 1);
    const room = roomOf(ids);
    const leader = room.elect(1);
    room.loses = ({ to }) => to > voters - cut;
    assert.ok(leader.propose("x").ok);
    room.settle();
    for (const one of room.members) {
      const isReached = one.id <= voters - cut;
      assert.equal(saidBy(one), isReached && isCommitted ? ["x"] : []);
      // The term's own entry, and this one where it came.
      assert.is(one.lastIndex, START + (isReached ? 2 : 1));
    }
    room.heal();
    room.tick(1, 2);
    assert.equal(
      room.members.map(saidBy),
      ids.map(() => ["x"]),
    );
  });
}

test("a follower's proposal goes by the leader, unless it may not be forwarded", () => {
  const room = roomOf([1, 2, 3]);
  assert.equal(room.get(2).propose("early"), { ok: false, error: "proposal-dropped" });
  room.elect(1);
  assert.ok(room.get(2).propose("x").ok);
  room.settle();
  assert.equal(room.members.map(saidBy), [["x"], ["x"], ["x"]]);

  const closed = roomOf([1, 2, 3], { disableProposalForwarding: true });
  closed.elect(1);
  assert.equal(closed.get(2).propose("x"), { ok: false, error: "proposal-dropped" });
  assert.ok(closed.get(1).propose("y").ok);
});

// What is committed.

for (const { voters, log, acks, commit } of COMMITS) {
  const name = `[${log}] and its own entry: ${1 + acks.length} of ${voters} voters, acks [${acks}]`;
  test(`only an entry of the leader's term is committed by counting; ${name}`, () => {
    const ids = Array.from({ length: voters }, (_, i) => i + 1);
    const leader = leaderWith({ voters: ids, log });
    acks.forEach((upTo, i) => {
      ack(leader, i + 2, upTo);
    });
    assert.is(leader.commit, commit);
    assert.is(leader.applied.length, commit);
  });
}

test("what earlier leaders left is committed with the first entry of a new one", () => {
  const room = roomOf([1, 2, 3, 4, 5]);
  room.elect(1);
  room.loses = ({ to }) => to > 2;
  room.get(1).propose("left");
  room.settle();
  const before = room.get(2).commit;
  assert.is(before, START + 1);

  // Its own entry reaches nobody, but what was before it is everywhere.
  room.loses = (m) => m.type === "app" && m.entries.some((e) => e.term === room.get(2).term);
  room.elect(2);
  room.get(2).run();
  assert.is(room.get(2).commit, before);

  room.heal();
  room.tick(2, 2);
  for (const one of room.members) {
    assert.is(one.commit, START + 3);
    assert.equal(saidBy(one), ["left"]);
  }
});

test("a leader counts itself as far as it has written, and is never paused", () => {
  const leader = leaderWith({ log: [1] });
  const own = progressOf(leader, leader.id);
  const view = () => {
    const { state, match, next, isPaused } = own.view();
    return { state, match, next, isPaused };
  };
  const upTo = (match: number) => ({ state: "replicate", match, next: match + 1, isPaused: false });
  assert.equal(view(), upTo(2));
  leader.node.propose([new Uint8Array(1), new Uint8Array(1)]);
  assert.is(own.match, 2);
  leader.run();
  assert.equal(view(), upTo(4));
});

// What a follower takes.

for (const { what, log, committed, ...of } of APPENDS) {
  const verb = log === undefined ? "refuses" : "takes";
  test(`a follower ${verb} an append ${what}`, () => {
    const one = memberWith({ log: HELD, term: 3 });
    one.node.step(append(one.id, 3, of));
    const [answer, ...more] = one.run();
    assert.equal(more, []);
    assert.is(answer?.type, "app-resp");
    assert.is(answer?.reject, log === undefined);
    assert.is(answer?.index, of.after + (log === undefined ? 0 : of.terms.length));
    assert.equal(logOf(one), log ?? HELD);
    assert.is(one.commit, committed);
    assert.is(one.leader, 2);
  });
}

test("an append from before the commit index is answered by the commit index", () => {
  const one = memberWith({ log: HELD, commit: 2 });
  for (const terms of [[], [2], [2, 2], [7, 7]]) {
    one.node.step(append(one.id, 2, { after: 1, afterTerm: 1, terms, commit: 3 }));
    const [answer] = one.run();
    assert.is(answer?.index, 2);
    assert.not(answer?.reject);
    assert.equal(logOf(one), HELD);
    assert.is(one.commit, 2);
  }
});

const heartbeat = (commit: number) =>
  message({
    type: "heartbeat",
    from: nodeId(2),
    to: nodeId(1),
    term: term(3),
    commit: index(commit),
  });

for (const [told, commit] of [
  [0, 2],
  [1, 2],
  [2, 2],
  [3, 3],
] as const) {
  test(`committed to 2, a follower that hears a heartbeat of ${told} is at ${commit}`, () => {
    const one = memberWith({ log: HELD, term: 3, commit: 2 });
    one.node.step({ ...heartbeat(told), context: new Uint8Array([7]) });
    const [answer, ...more] = one.run();
    assert.equal(more, []);
    assert.equal(answer?.type, "heartbeat-resp");
    assert.equal(answer?.context, new Uint8Array([7]));
    assert.is(one.commit, commit);
  });
}

test("a heartbeat that commits what a follower does not have stops it", () => {
  const one = memberWith({ log: HELD, term: 3, commit: 2 });
  assert.throws(() => one.node.step(heartbeat(4)), /nothing is committed that is not in the log/);
});

const TYPES: readonly MessageType[] = [
  "app",
  "app-resp",
  "vote",
  "vote-resp",
  "snap",
  "heartbeat",
  "heartbeat-resp",
  "timeout-now",
];

const ROLES: readonly (readonly [string, () => LawMember])[] = [
  ["follower", () => memberWith({ log: [1, 2], term: 5 })],
  [
    "candidate",
    () => {
      const one = memberWith({ log: [1, 2], term: 4 });
      one.node.campaign();
      one.run();
      return one;
    },
  ],
  ["leader", () => leaderWith({ log: [1, 2], term: 4 })],
];

for (const [role, make] of ROLES) {
  test(`a message of an earlier term means nothing to a ${role}`, () => {
    for (const type of TYPES) {
      const one = make();
      assert.is(one.state, role);
      const before = one.node.basicStatus();
      const old = { type, term: term(4), index: index(2), logTerm: term(2), commit: index(2) };
      one.hear(2, { ...old, entries: entriesFrom(3, [4, 4]), vote: nodeId(2) });
      assert.not(one.node.hasReady(), type);
      assert.equal(one.node.basicStatus(), before, type);
    }
  });
}

test("what a deposed leader sent late changes nobody's log", () => {
  const room = roomOf([1, 2, 3]);
  room.elect(1);
  room.get(1).propose("late");
  const late = room.get(1).run();
  room.elect(2);
  room.get(2).propose("x");
  room.settle();
  for (const m of late) room.get(m.to).node.step(m);
  room.settle();
  room.get(2).propose("y");
  room.settle();
  assert.equal(room.members.map(saidBy), [
    ["x", "y"],
    ["x", "y"],
    ["x", "y"],
  ]);
});

// How they find where their logs part.

for (const { what, leader: held, follower: other, probes } of CONFLICTS) {
  test(`a follower ${what} is brought into line by appends after ${probes.join(", then ")}`, () => {
    const term = Math.max(...held, ...other, 0);
    const leader = memberWith({ log: held, term });
    leader.node.campaign();
    leader.run();
    leader.hear(3, { type: "vote-resp" });
    const one = memberWith({ id: 2, log: other, term });
    const seen: number[] = [];
    for (let sent = leader.run(); sent.length > 0; sent = leader.run()) {
      for (const m of sent.filter(({ to }) => to === one.id)) {
        if (m.type === "app") seen.push(m.index);
        one.node.step(m);
        for (const answer of one.run()) leader.node.step(answer);
      }
    }
    assert.equal(seen.slice(0, probes.length), probes);
    // The rest tells that it is committed.
    assert.ok(seen.slice(probes.length).every((after) => after === leader.lastIndex));
    assert.equal(logOf(one), logOf(leader));
    assert.is(one.commit, leader.lastIndex);
  });
}

test("appends and answers may overtake each other: what is known never falls", () => {
  for (const order of orders([0, 1, 2])) {
    for (const back of orders([0, 1, 2])) {
      const leader = leaderWith({ voters: [1, 2], log: [1] });
      follow(leader, 2);
      const one = memberWith({ id: 2, log: [1, 2], term: 2, voters: [1, 2] });
      const sent = [1, 2, 3].flatMap((n) => propose(leader, n));
      const answers = inOrder(sent, order).flatMap((m) => {
        one.node.step(m);
        return one.run();
      });
      assert.is(answers.length, 3);
      exchange(leader, one, inOrder(answers, back));
      // What is still missing is found by heartbeats.
      for (let beats = 0; beats < 3; beats++) {
        leader.tick(1);
        exchange(leader, one, []);
      }
      assert.equal(logOf(one), logOf(leader), `${order} ${back}`);
      assert.is(leader.commit, 5);
      assert.is(one.commit, 5);
    }
  }
});

const inOrder = (sent: readonly Message[], order: readonly number[]): Message[] =>
  order.flatMap((i) => sent[i] ?? []);

function exchange(leader: LawMember, one: LawMember, answers: readonly Message[]): void {
  let back: readonly Message[] = answers;
  do {
    for (const m of back) {
      const before = progressOf(leader, one.id).match;
      leader.node.step(m);
      assert.ok(progressOf(leader, one.id).match >= before);
    }
    for (const m of leader.run()) one.node.step(m);
    back = one.run();
  } while (back.length > 0);
}

// What a leader makes of answers.

for (const [what, answer, then] of ANSWERS) {
  test(`a leader that hears ${what} goes on from there`, () => {
    const leader = leaderWith({ log: [1, 1] });
    assert.is(progressOf(leader, 2).next, 3);
    leader.hear(2, { type: "app-resp", ...answer });
    const sent = appendsTo(leader.run(), 2);
    const { match, next } = progressOf(leader, 2);
    assert.equal({ match, next, after: sent.map(({ after }) => after) }, then);
    assert.is(leader.commit, then.match === 3 ? 3 : 0);
  });
}

test("next runs ahead in the pipeline, and waits while a member is probed", () => {
  const leader = leaderWith({ log: [1] });
  follow(leader, 2);
  assert.equal([progressOf(leader, 2).next, progressOf(leader, 3).next], [3, 2]);
  propose(leader, "a", "b");
  propose(leader, "c");
  assert.equal([progressOf(leader, 2).next, progressOf(leader, 3).next], [6, 2]);
});

// Heartbeats.

test("a heartbeat commits no more than its receiver is known to have, and says no more", () => {
  const leader = leaderWith({ voters: [1, 2, 3], learners: [4], base: 1000, log: [1, 1] });
  follow(leader, 2);
  ack(leader, 3, 1001);
  leader.tick(1);
  const told = leader.run().map(({ type, to, commit, index, logTerm, entries }) => {
    return { type, to, commit, at: [index, logTerm, entries.length] };
  });
  const at = [0, 0, 0];
  assert.equal(told, [
    { type: "heartbeat", to: 2, commit: 1003, at },
    { type: "heartbeat", to: 3, commit: 1001, at },
    { type: "heartbeat", to: 4, commit: 0, at },
  ]);
});

test("only a leader's time makes heartbeats, and nobody else can ask for one", () => {
  for (const [role, make] of ROLES) {
    const one = make();
    one.tick(1);
    const isLeader = role === "leader";
    assert.equal(typesTo(one.run(), 2), isLeader ? ["heartbeat"] : [], role);
    assert.equal(one.hear(2, { type: "beat" }), { ok: false, error: "local-message" });
    assert.not(one.node.hasReady());
  }
});

test("the answer of a member that lacks something is answered by an append, others' not", () => {
  const leader = leaderWith({ log: [1] });
  const again = { after: 1, terms: [2], commit: 0 };
  assert.equal(appendsTo(beat(leader, 2), 2), [again]);
  assert.equal(appendsTo(beat(leader, 2), 2), [again]);
  follow(leader, 2);
  assert.equal(appendsTo(beat(leader, 2), 2), []);
});

test.run();
