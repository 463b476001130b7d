import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  APPEND_THREAD,
  isLocal,
  isResponse,
  type Message,
  type MessageType,
  message,
} from "../../src/raft/message.ts";
import type { Ready } from "../../src/raft/ready.ts";
import type { HardState } from "../../src/raft/types.ts";
import { utf8 } from "../../src/std/bytes.ts";
import { index, NONE, nodeId, term } from "../../src/std/ids.ts";
import { type Prng, prng } from "../../src/std/prng.ts";
import { entryAt, written } from "./laws/members-log.ts";
import {
  confState,
  LawMember,
  type Options,
  type Room,
  roomOf,
  START,
  snapshotOf,
} from "./laws/members-room.ts";

const test = suite("raft: RawNode");

const alone = (options: Options = {}): LawMember =>
  new LawMember(1, snapshotOf(confState({ voters: [1] })), options);
const ofThree = (id: number): LawMember =>
  new LawMember(id, snapshotOf(confState({ voters: [1, 2, 3] })));

const hard = (inTerm: number, vote: number, commit: number): HardState => ({
  term: term(inTerm),
  vote: nodeId(vote),
  commit: index(commit),
});

/** What a Ready wants, without what it does not mention. */
function wants(ready: Ready): Record<string, unknown> {
  const all = {
    hard: ready.hardState,
    state: ready.softState?.state,
    entries: written(ready.entries) || undefined,
    committed: written(ready.committedEntries) || undefined,
    messages: ready.messages.map(({ type, to }) => `${type} ${to}`).join(", ") || undefined,
    snapshot: ready.snapshot?.index,
    mustSync: ready.mustSync || undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const TYPES: readonly MessageType[] = [
  "hup",
  "beat",
  "prop",
  "app",
  "app-resp",
  "vote",
  "vote-resp",
  "snap",
  "heartbeat",
  "heartbeat-resp",
  "unreachable",
  "snap-status",
  "check-quorum",
  "transfer-leader",
  "timeout-now",
  "read-index",
  "read-index-resp",
  "pre-vote",
  "pre-vote-resp",
  "storage-append",
  "storage-append-resp",
  "storage-apply",
  "storage-apply-resp",
  "forget-leader",
];

function errorOf(type: MessageType, isMember: boolean): string | undefined {
  if (isLocal(type)) return "local-message";
  if (isResponse(type) && !isMember) return "unknown-peer";
  // It knows of no leader.
  return type === "prop" ? "proposal-dropped" : undefined;
}

test("local messages come from nobody else, and answers only from members", () => {
  for (const type of TYPES) {
    for (const from of [2, 9]) {
      const one = ofThree(1);
      const found = one.hear(from, { type });
      const error = errorOf(type, from === 2);
      assert.is(found.ok ? undefined : found.error, error, `${type} of ${from}`);
      if (error !== undefined) assert.not.ok(one.node.hasReady(), `${type} had no effect`);
    }
  }
  const stored = { type: "storage-append-resp", from: APPEND_THREAD, to: nodeId(1) } as const;
  assert.ok(ofThree(1).node.step(message(stored)).ok);
});

test("a member begins with nothing to do, and each Ready tells only what changed", () => {
  const one = alone();
  assert.not.ok(one.node.hasReady());
  one.node.campaign();
  const table: readonly Record<string, unknown>[] = [
    { hard: hard(2, 1, START), state: "candidate", mustSync: true },
    { state: "leader", entries: "4@2", mustSync: true },
    { hard: hard(2, 1, START + 1), committed: "4@2" },
  ];
  for (const expected of table) {
    assert.ok(one.node.hasReady());
    assert.equal(wants(one.runOnce()), expected);
  }
  assert.not.ok(one.node.hasReady());
  one.propose("x");
  assert.equal(wants(one.runOnce()), { entries: "5@2", mustSync: true });
  assert.equal(wants(one.runOnce()), { hard: hard(2, 1, 5), committed: "5@2" });
  assert.not.ok(one.node.hasReady());
  assert.equal(one.applied.at(-1)?.data, utf8("x"));
});

test("one that is in no configuration only waits", () => {
  const one = new LawMember(1, undefined);
  one.tick(1000);
  one.node.campaign();
  assert.not.ok(one.node.hasReady());
  assert.is(one.state, "follower");
});

test("after a restart what was committed is applied again, and nothing is written again", () => {
  const one = alone();
  one.node.campaign();
  one.propose("lost: nobody led yet");
  one.run();
  one.propose("a");
  one.run();
  const before = [...one.applied];
  one.restart();
  assert.equal(wants(one.runOnce()), { committed: "4@2 5@2" });
  assert.equal(one.applied, before);
  assert.not.ok(one.node.hasReady());
  assert.is(one.term, 2);
  assert.is(one.node.basicStatus().hardState.vote, 1);
});

test("what was not known committed before a restart is not applied by it", () => {
  const one = ofThree(1);
  const some = [entryAt(START + 1, 1), entryAt(START + 2, 1)];
  const commit = index(START + 1);
  one.hear(2, { type: "app", index: START, logTerm: term(1), entries: some, commit });
  one.run();
  one.restart();
  assert.equal(wants(one.runOnce()), { committed: "4@1" });
  assert.is(one.lastIndex, START + 2);
  assert.is(one.leader, NONE);
});

test("a restart at a snapshot applies what follows it", () => {
  const one = alone();
  one.node.campaign();
  one.run();
  one.compact();
  one.propose("a");
  one.run();
  one.restart();
  assert.is(one.disk.snapshot.index, START + 1);
  assert.equal(wants(one.runOnce()), { committed: "5@2" });
  assert.not.ok(one.node.hasReady());
});

test("a vote outlives a restart", () => {
  const one = ofThree(1);
  const asking = { type: "vote", term: term(2), index: index(9), logTerm: term(1) } as const;
  one.hear(2, asking);
  one.run();
  one.restart();
  one.hear(3, asking);
  assert.equal(
    one.run().map(({ type, to, reject }) => ({ type, to, reject })),
    [{ type: "vote-resp", to: 3, reject: true }],
  );
});

test("a status tells who leads, and to the leader how far everyone is", () => {
  const group = roomOf([1, 2, 3]);
  assert.is(group.get(1).node.status().progress.size, 0);
  group.elect(1);
  const { progress, ...basic } = group.get(1).node.status();
  assert.equal(basic, {
    id: nodeId(1),
    hardState: hard(2, 1, START + 1),
    softState: { leader: nodeId(1), state: "leader" },
    applied: index(START + 1),
    lastIndex: index(START + 1),
    transferee: NONE,
    confState: confState({ voters: [1, 2, 3] }),
  });
  assert.equal(group.get(1).node.basicStatus(), basic);
  assert.equal([...progress.keys()], [1, 2, 3]);
  for (const one of progress.values()) {
    assert.equal([one.state, one.match, one.next], ["replicate", START + 1, START + 2]);
  }
  const two = group.get(2).node.status();
  assert.equal(two.softState, { leader: nodeId(1), state: "follower" });
  assert.is(two.progress.size, 0);
});

test("what a Ready holds is handed out once, and what comes meanwhile is in the next", () => {
  const one = ofThree(1);
  one.hear(2, { type: "heartbeat" });
  const first = one.node.ready();
  assert.equal(wants(first), { state: "follower", messages: "heartbeat-resp 2" });
  assert.not.ok(one.node.hasReady());
  one.hear(2, { type: "heartbeat", context: utf8("again") });
  assert.ok(one.node.hasReady());
  assert.equal(wants(first), { state: "follower", messages: "heartbeat-resp 2" });
  one.node.advance(first);
  assert.equal(wants(one.runOnce()), { messages: "heartbeat-resp 2" });
});

test("a commit index alone waits for no disk; a term, a vote and an entry do", () => {
  const entries = [entryAt(START + 1, 1)];
  const after = { index: START, logTerm: term(1) } as const;
  const [next, at] = [term(2), index(9)];
  const table: readonly { readonly m: Partial<Message> & { type: MessageType }; sync: boolean }[] =
    [
      { m: { type: "heartbeat" }, sync: false },
      { m: { type: "app", ...after, entries }, sync: true },
      { m: { type: "heartbeat", commit: index(START + 1) }, sync: false },
      { m: { type: "heartbeat", term: next }, sync: true },
      { m: { type: "app", ...after }, sync: false },
      { m: { type: "heartbeat-resp", term: term(3) }, sync: true },
      { m: { type: "vote", term: term(3), index: at, logTerm: next }, sync: true },
      { m: { type: "pre-vote", term: term(4), index: at, logTerm: next }, sync: false },
    ];
  const one = ofThree(1);
  for (const { m, sync } of table) {
    one.hear(2, m);
    assert.is(one.runOnce().mustSync, sync, `${m.type} of ${m.term}`);
  }
  one.restart();
  assert.equal(one.node.basicStatus().hardState, hard(3, 2, START + 1));
});

function deepFreeze(m: Message): void {
  for (const one of [m.entries, m.responses, m.snapshot ?? {}, ...m.entries]) Object.freeze(one);
  for (const response of m.responses) deepFreeze(response);
  Object.freeze(m);
}

function doSomething(one: LawMember, random: Prng, text: string): void {
  const what = random.pick(["restart", "compact", "propose", "propose", "read", "tick", "tick"]);
  if (what === "restart") one.restart();
  else if (what === "compact") one.compact();
  else if (what === "propose") one.propose(text);
  else if (what === "read") one.node.readIndex(utf8(text));
  else one.tick(1 + random.below(12));
}

/** Everyone does something at random; what each one says and does, in its order. */
function history(seed: number, onMessage: (m: Message) => void): readonly string[] {
  const random = prng(seed);
  const group: Room = roomOf([1, 2, 3], { preVote: seed % 2 === 0, checkQuorum: seed % 3 === 0 });
  const lines: string[] = [];
  group.loses = (m) => {
    onMessage(m);
    lines.push(JSON.stringify(m));
    return random.chance(0.2);
  };
  for (let step = 0; step < 60; step++) {
    doSomething(group.get(1 + random.below(3)), random, `${step}`);
    group.settle();
  }
  return [...lines, ...group.members.map(({ applied }) => written(applied))];
}

test("the same calls give the same answers", () => {
  for (let seed = 1; seed <= 10; seed++) {
    assert.equal(
      history(seed, () => {}),
      history(seed, () => {}),
      `SEED=${seed}`,
    );
  }
});

test("a message that is stepped is left as it is", () => {
  for (let seed = 1; seed <= 10; seed++) {
    assert.ok(history(seed, deepFreeze).length > 50, `SEED=${seed}`);
  }
});

test.run();
