import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeConfChange, encodeConfChange } from "../../src/raft/codec.ts";
import {
  type ChangeContext,
  type ConfChange,
  change,
  enterJoint,
  isLeaveJoint,
  leaveJoint,
  restore,
  type SingleChange,
  simple,
} from "../../src/raft/conf-change.ts";
import { Inflights } from "../../src/raft/inflights.ts";
import { entriesHold } from "../../src/raft/replication.ts";
import { RaftState } from "../../src/raft/state.ts";
import { Tracker } from "../../src/raft/tracker.ts";
import type { ConfState, Entry } from "../../src/raft/types.ts";
import { index, nodeId, term } from "../../src/std/ids.ts";
import { type Prng, prng } from "../../src/std/prng.ts";
import { createMemoryLogStore, MemoryDisk } from "../../src/storage/memory.ts";
import { entryAt } from "./laws/members-log.ts";
import { confState, LawMember, roomOf, START, snapshotOf } from "./laws/members-room.ts";

const test = suite("raft: configuration changes");

const add = (id: number): SingleChange => ({ kind: "add-voter", id: nodeId(id) });
const learn = (id: number): SingleChange => ({ kind: "add-learner", id: nodeId(id) });
const remove = (id: number): SingleChange => ({ kind: "remove", id: nodeId(id) });
const auto = (...changes: SingleChange[]): ConfChange => ({ transition: "auto", changes });
const implicit = (...changes: SingleChange[]): ConfChange => ({ transition: "implicit", changes });
const explicit = (...changes: SingleChange[]): ConfChange => ({ transition: "explicit", changes });
const LEAVE = auto();

// Configurations as values.

const newInflights = (): Inflights => new Inflights(1, 1);
const begun = (conf: ConfState): ChangeContext => {
  const lastIndex = index(10);
  return { ...restore(conf, { lastIndex, newInflights }), lastIndex, newInflights };
};

function confOf({ config }: Pick<ChangeContext, "config">): ConfState {
  const tracker = new Tracker(1, 1);
  tracker.config = config;
  return tracker.confState();
}

const learnersIn = ({ progress }: Pick<ChangeContext, "progress">): string =>
  [...progress]
    .map(([id, one]) => `${id}${one.isLearner ? " learner" : ""}`)
    .sort()
    .join(", ");

function someChange(random: Prng): SingleChange {
  const kind = random.pick(["add-voter", "add-voter", "add-learner", "remove", "update"] as const);
  return { kind, id: nodeId(1 + random.below(7)) };
}

function someChanges(random: Prng): SingleChange[] {
  return Array.from({ length: 1 + random.below(5) }, () => someChange(random));
}

/** Any that can be reached: a chain of simple changes, and often half of a joint one. */
function someContext(random: Prng): ChangeContext {
  let context = begun(confState({ voters: [1 + random.below(7)] }));
  for (let i = 0; i < 8; i++) {
    const next = simple(context, [someChange(random)]);
    if (next.ok) context = { ...context, ...next.value };
  }
  if (random.chance(0.5)) return context;
  const joint = enterJoint(context, random.chance(0.5), someChanges(random));
  return joint.ok ? { ...context, ...joint.value } : context;
}

function always(title: string, body: (random: Prng, at: string) => void): void {
  test(title, () => {
    for (let seed = 1; seed <= 400; seed++) body(prng(seed), `SEED=${seed}`);
  });
}

always(
  "entering and leaving a joint configuration is the chain of simple changes",
  (random, at) => {
    const conf = confOf(begun(confOf(leaveIfJoint(someContext(random)))));
    let chained = begun(conf);
    const changes: SingleChange[] = [];
    for (const one of someChanges(random)) {
      const next = simple(chained, [one]);
      // One that would leave no voter at all is in neither.
      if (!next.ok) continue;
      chained = { ...chained, ...next.value };
      changes.push(one);
    }
    const entered = enterJoint(begun(conf), random.chance(0.5), changes);
    assert.ok(entered.ok, at);
    if (!entered.ok) return;
    assert.equal(confOf(entered.value).votersOutgoing, conf.voters, at);
    const left = leaveJoint({ ...begun(conf), ...entered.value });
    assert.ok(left.ok, at);
    if (!left.ok) return;
    assert.equal(confOf(left.value), confOf(chained), at);
    assert.is(learnersIn(left.value), learnersIn(chained), at);
  },
);

function leaveIfJoint(context: ChangeContext): ChangeContext {
  const left = leaveJoint(context);
  return left.ok ? { ...context, ...left.value } : context;
}

always("what a configuration is restored from is what it says of itself", (random, at) => {
  const context = someContext(random);
  const conf = confOf(context);
  const again = begun(conf);
  assert.equal(confOf(again), conf, at);
  assert.is(learnersIn(again), learnersIn(context), at);
});

always("the order in which members are named makes no difference", (random, at) => {
  const conf = confOf(someContext(random));
  const turned: ConfState = {
    voters: conf.voters.toReversed(),
    votersOutgoing: conf.votersOutgoing.toReversed(),
    learners: conf.learners.toReversed(),
    learnersNext: conf.learnersNext.toReversed(),
    autoLeave: conf.autoLeave,
  };
  assert.equal(confOf(begun(turned)), conf, at);
});

always("nobody is voter and learner at once, and everyone named is followed", (random, at) => {
  const { config, progress } = someContext(random);
  const { incoming, outgoing, learners, learnersNext } = config;
  const voters = new Set([...incoming, ...outgoing]);
  assert.ok(incoming.size > 0, at);
  for (const id of learners) assert.ok(!voters.has(id), at);
  for (const id of learnersNext) assert.ok(outgoing.has(id) && !incoming.has(id), at);
  if (outgoing.size === 0) assert.ok(learnersNext.size === 0 && !config.autoLeave, at);
  assert.equal([...progress.keys()].sort(), [...new Set([...voters, ...learners])].sort(), at);
  for (const [id, one] of progress) assert.is(one.isLearner, learners.has(id), at);
});

always("a change that does not fit changes nothing", (random, at) => {
  const context = someContext(random);
  const [conf, followed] = [confOf(context), learnersIn(context)];
  const cc = random.pick([auto, implicit, explicit])(...someChanges(random));
  const changed = change(context, cc);
  if (changed.ok) return;
  assert.equal(confOf(context), conf, at);
  assert.is(learnersIn(context), followed, at);
});

test("each change fits some configurations, and no others", () => {
  const [plain, joint] = [
    confState({ voters: [1, 2, 3] }),
    confState({ voters: [1, 2, 4], votersOutgoing: [1, 2, 3] }),
  ];
  const table = [
    { from: plain, cc: auto(add(4)), error: undefined },
    { from: plain, cc: LEAVE, error: "can't leave a non-joint config" },
    { from: plain, cc: implicit(remove(1), remove(2), remove(3)), error: "removed all voters" },
    { from: confState({ voters: [1] }), cc: auto(remove(1)), error: "removed all voters" },
    { from: confState({ voters: [1] }), cc: auto(learn(1)), error: "removed all voters" },
    { from: joint, cc: LEAVE, error: undefined },
    { from: joint, cc: auto(add(5)), error: "can't apply simple config change in joint config" },
    { from: joint, cc: implicit(add(5)), error: "config is already joint" },
  ];
  for (const { from, cc, error } of table) {
    const found = change(begun(from), cc);
    assert.is(found.ok ? undefined : found.error, error);
  }
  const two = simple(begun(plain), [add(4), add(5)]);
  assert.equal(two, {
    ok: false,
    error: "more than one voter changed without entering joint config",
  });
});

test("only the change of nothing, by itself, leaves a joint configuration", () => {
  const table = [
    { cc: LEAVE, isLeave: true },
    { cc: { ...LEAVE, context: new Uint8Array([7]) }, isLeave: true },
    { cc: implicit(), isLeave: false },
    { cc: explicit(), isLeave: false },
    { cc: auto(add(1)), isLeave: false },
  ];
  for (const { cc, isLeave } of table) {
    assert.is(isLeaveJoint(cc), isLeave);
    assert.is(isLeaveJoint(decodeConfChange(encodeConfChange(cc))), isLeave);
  }
  assert.ok(isLeaveJoint(decodeConfChange(new Uint8Array(0))));
});

// Configurations of members.

test("a member applies a change as it is committed, and lists everyone in order", () => {
  const table = [
    { from: [1], cc: auto(add(2)), voters: [1, 2] },
    { from: [1], cc: auto(learn(2)), voters: [1], learners: [2] },
    { from: [2, 1], cc: auto(remove(2)), voters: [1] },
    { from: [3, 1, 2], cc: auto(add(4)), voters: [1, 2, 3, 4] },
    { from: [1], cc: implicit(add(2)), voters: [1, 2] },
    { from: [1], cc: auto(add(3), add(2)), voters: [1, 2, 3] },
    { from: [1, 2], cc: auto(learn(2), add(3)), voters: [1, 3], learners: [2] },
    { from: [1], cc: explicit(add(2)), voters: [1, 2], votersOutgoing: [1] },
    {
      from: [1, 2],
      cc: explicit(learn(2), add(3)),
      voters: [1, 3],
      votersOutgoing: [1, 2],
      learnersNext: [2],
    },
  ];
  for (const { from, cc, ...expected } of table) {
    const group = roomOf(from, {}, [1, 2, 3, 4]);
    const one = group.elect(1);
    assert.ok(one.change(cc).ok);
    group.settle();
    assert.equal(one.confState, confState(expected));
    if (expected.votersOutgoing === undefined) continue;
    assert.ok(one.change(LEAVE).ok);
    group.settle();
    const { votersOutgoing, learnersNext, ...left } = expected;
    assert.equal(one.confState, confState({ ...left, learners: learnersNext ?? [] }));
  }
});

test("a joint configuration that leaves by itself is left by whoever leads next", () => {
  const group = roomOf([1, 2, 3], {}, [4]);
  const one = group.elect(1);
  const isLeave = ({ kind, data }: Entry): boolean => kind !== "normal" && data.length === 0;
  group.loses = ({ entries: some }) => some.some(isLeave);
  one.change(implicit(add(4), remove(3)));
  group.settle();
  const joint = { voters: [1, 2, 4], votersOutgoing: [1, 2, 3], autoLeave: true };
  assert.equal(one.confState, confState(joint));
  group.cut(1);
  // It may have missed that the change is committed, but not its own log.
  const two = group.elect(2);
  assert.equal(two.confState, confState({ voters: [1, 2, 4] }));
  group.heal();
  group.tick(2);
  assert.equal(one.confState, confState({ voters: [1, 2, 4] }));
  assert.is(one.state, "follower");
});

test("a member that is added again is there once, and others are added after it", () => {
  const group = roomOf([1], {}, [2, 3]);
  const one = group.elect(1);
  for (const [id, voters] of [
    [2, [1, 2]],
    [2, [1, 2]],
    [3, [1, 2, 3]],
  ] as const) {
    assert.ok(one.change(auto(add(id))).ok);
    group.settle();
    assert.equal(one.confState, confState({ voters }));
  }
  assert.is(one.applied.filter(({ kind }) => kind !== "normal").length, 3);
});

test("the last voter cannot be removed, though it be committed", () => {
  const group = roomOf([1, 2]);
  const one = group.elect(1);
  for (const id of [2, 1]) {
    one.change(auto(remove(id)));
    group.settle();
    assert.equal(one.confState, confState({ voters: [1] }));
  }
  assert.is(one.state, "leader");
  assert.ok(one.propose("goes on").ok);
});

test("while a change is not applied another one is an empty entry", () => {
  const group = roomOf([1, 2]);
  const one = group.elect(1);
  one.change(auto(add(3)));
  one.change(auto(add(4)));
  group.settle();
  assert.equal(one.confState, confState({ voters: [1, 2, 3] }));
  const [first, second] = one.applied.slice(-2);
  assert.is(first?.kind, "conf-change-v2");
  assert.equal([second?.kind, second?.data.length], ["normal", 0]);
});

test("a new leader waits for what its log may hold before it takes a change", () => {
  for (const isChange of [true, false]) {
    const group = roomOf([1, 2, 3], {}, [4, 5]);
    const one = group.elect(1);
    group.loses = ({ to, from }) => to === 3 || from !== 1;
    if (isChange) one.change(auto(add(4)));
    else one.propose("no change");
    group.settle();
    group.loses = ({ to, from, type }) => to === 1 || from === 1 || (type === "app" && to === 3);
    const two = group.elect(2);
    assert.is(two.commit, START + 1);
    two.change(auto(add(5)));
    group.heal();
    group.tick(2);
    assert.equal(two.confState, confState({ voters: isChange ? [1, 2, 3, 4] : [1, 2, 3] }));
    assert.ok(two.change(auto(add(5))).ok);
    group.settle();
    assert.ok(two.confState.voters.includes(nodeId(5)));
  }
});

test("a smaller group commits what the larger one could not", () => {
  const group = roomOf([1, 2]);
  const one = group.elect(1);
  one.change(auto(remove(2)));
  one.propose("after it");
  // The other one has the change, and nothing behind it.
  group.loses = ({ entries: some }) => some.some(({ kind }) => kind === "normal");
  group.settle();
  assert.is(one.commit, one.lastIndex);
  assert.is(one.applied.at(-1)?.index, one.lastIndex);
});

test("nobody stands for election before it has applied the changes it knows committed", () => {
  const asks: readonly ((one: LawMember) => void)[] = [
    ({ node }) => node.campaign(),
    (one) => one.hear(1, { type: "timeout-now" }),
    (one) => one.tick(100),
  ];
  const table = [
    { cc: auto(add(2)), after: "candidate" },
    { cc: auto(remove(2)), after: "follower" },
    // In a joint configuration it has its half still.
    { cc: implicit(remove(2), add(4)), after: "candidate" },
  ];
  for (const kind of ["conf-change", "conf-change-v2"] as const) {
    for (const { cc, after } of table) {
      const one = new LawMember(2, snapshotOf(confState({ voters: [1, 2, 3] })));
      const entry = { ...entryAt(START + 1, 1), kind, data: encodeConfChange(cc) };
      const commit = entry.index;
      one.hear(1, { type: "app", index: START, logTerm: term(1), entries: [entry], commit });
      for (const ask of asks) ask(one);
      assert.is(one.state, "follower");
      one.run();
      one.node.campaign();
      assert.is(one.state, after);
    }
  }
});

test("a snapshot of a joint configuration puts a member into that configuration", () => {
  const conf = confState({ voters: [2, 3, 4], votersOutgoing: [1, 2, 3], autoLeave: true });
  const one = new LawMember(1, snapshotOf(confState({ voters: [1, 2, 3] })));
  one.hear(2, { type: "snap", term: term(2), snapshot: snapshotOf(conf, 11, 2) });
  one.run();
  assert.equal(one.confState, conf);
  assert.is(one.lastIndex, 11);
  one.restart();
  assert.equal(one.confState, conf);
  one.node.campaign();
  const asked = one.run().map(({ type, to }) => `${type} ${to}`);
  assert.equal(asked, ["vote 2", "vote 3", "vote 4"]);
  // 3 makes a majority of the half that is going, but not of the one that comes.
  one.hear(3, { type: "vote-resp" });
  assert.is(one.state, "candidate");
  one.hear(4, { type: "vote-resp" });
  assert.is(one.state, "leader");
});

/** Method: entries of 400 kB, of which a page holds two. */
test("committed entries are searched in pages, each once, up to the one that is sought", () => {
  const disk = new MemoryDisk();
  disk.begin({ entries: Array.from({ length: 9 }, (_, i) => entryAt(i + 1, 1, 400_000)) });
  disk.sync();
  const storage = createMemoryLogStore({ disk });
  const raft = new RaftState({
    id: nodeId(1),
    electionTicks: 10,
    heartbeatTicks: 1,
    storage,
    maxSizePerMsg: 0,
    maxInflightMsgs: 1,
    randomInt: () => 0,
  });
  for (const { after, through, sought, seen } of [
    { after: 0, through: 9, sought: 99, seen: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
    { after: 2, through: 7, sought: 99, seen: [3, 4, 5, 6, 7] },
    { after: 0, through: 9, sought: 4, seen: [1, 2, 3, 4] },
    { after: 5, through: 5, sought: 5, seen: [] },
  ]) {
    const visited: number[] = [];
    const isThere = entriesHold(raft, index(after), index(through), ({ index: at }) => {
      visited.push(at);
      return at === sought;
    });
    assert.equal(visited, seen);
    assert.is(isThere, seen.at(-1) === sought);
  }
});

test.run();
