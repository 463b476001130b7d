import { suite } from "uvu";
import * as assert from "uvu/assert";
import { message } from "../../src/raft/message.ts";
import type { Snapshot } from "../../src/raft/types.ts";
import { index, nodeId, term } from "../../src/std/ids.ts";
import { member, run, START } from "./members.ts";

const test = suite("raft: durability");

const [me, leader] = [nodeId(1), nodeId(2)];
const voters = [1, 2, 3];

const snapshot: Snapshot = {
  index: index(START + 20),
  term: term(1),
  confState: {
    voters: voters.map(nodeId),
    votersOutgoing: [],
    learners: [],
    learnersNext: [],
    autoLeave: false,
  },
  data: new Uint8Array(0),
};
const snapshotMessage = message({ type: "snap", from: leader, to: me, term: term(1), snapshot });

test("a snapshot that is durable in a later term than it came in counts as applied", () => {
  const one = member(1, voters, { asyncStorageWrites: true });
  one.node.step(snapshotMessage);
  one.process(one.node.ready());
  const write = one.appendWork.shift();
  assert.ok(write !== undefined);
  // A new leader is heard of before the write is done.
  one.node.step(message({ type: "heartbeat", from: leader, to: me, term: term(2) }));
  one.append(write);
  for (const response of write.responses) if (response.to === me) one.node.step(response);
  assert.is(one.node.basicStatus().applied, snapshot.index);

  // And what follows it is applied.
  const entry = {
    kind: "normal" as const,
    data: new Uint8Array(1),
    term: term(2),
    index: index(snapshot.index + 1),
  };
  one.node.step(
    message({
      type: "app",
      from: leader,
      to: me,
      term: term(2),
      index: snapshot.index,
      logTerm: snapshot.term,
      entries: [entry],
      commit: entry.index,
    }),
  );
  one.process(one.node.ready());
  const next = one.appendWork.splice(0);
  for (const work of next) one.append(work);
  for (const { responses } of next) {
    for (const response of responses) if (response.to === me) one.node.step(response);
  }
  assert.equal(one.node.ready().committedEntries, [entry]);
});

test("no member stands for election while a snapshot is being written", () => {
  const one = member(1, voters, { asyncStorageWrites: true });
  one.node.step(snapshotMessage);
  one.process(one.node.ready());
  one.node.campaign();
  assert.is(one.node.basicStatus().softState.state, "follower");

  const write = one.appendWork.shift();
  assert.ok(write !== undefined);
  one.append(write);
  for (const response of write.responses) if (response.to === me) one.node.step(response);
  one.node.campaign();
  assert.is(one.node.basicStatus().softState.state, "candidate");
});

test("a promise that is made while a Ready is under way waits for a write of its own", () => {
  const one = member(1, voters);
  const ready = (() => {
    one.node.step(message({ type: "heartbeat", from: leader, to: me, term: term(1) }));
    return one.node.ready();
  })();
  one.process(ready);
  one.node.step(
    message({
      type: "vote",
      from: nodeId(3),
      to: me,
      term: term(2),
      index: START,
      logTerm: term(1),
    }),
  );
  one.done(ready);
  const { readies } = run(one);
  assert.equal(
    readies[0]?.messages.map(({ type, to, reject }) => ({ type, to, reject })),
    [{ type: "vote-resp", to: nodeId(3), reject: false }],
  );
  assert.equal(readies[0]?.hardState, { term: term(2), vote: nodeId(3), commit: START });
});

test("one Ready is under way at a time", () => {
  const one = member(1, [1]);
  one.node.campaign();
  const ready = one.node.ready();
  assert.throws(() => one.node.ready(), /advance comes before the next ready/);
  one.process(ready);
  one.done(ready);
  assert.throws(() => one.node.advance(ready), /advance comes after ready/);
});

test.run();
