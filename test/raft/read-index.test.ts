import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Message, message } from "../../src/raft/message.ts";
import { ReadOnly, type ReadState } from "../../src/raft/read-only.ts";
import { fromUtf8, utf8 } from "../../src/std/bytes.ts";
import { index, nodeId, term } from "../../src/std/ids.ts";
import { prng } from "../../src/std/prng.ts";
import {
  confState,
  LawMember,
  type Options,
  type Room,
  room,
  roomOf,
  START,
  snapshotOf,
} from "./laws/members-room.ts";

const test = suite("raft: reads");

const LEASED: Options = { checkQuorum: true, readOnlyOption: "lease-based" };

const told = (states: readonly ReadState[]): readonly string[] =>
  states.map(({ index: at, context }) => `${fromUtf8(context)}@${at}`);

/** What a member was answered, once. */
const answers = (one: LawMember): readonly string[] => told(one.readStates.splice(0));

const ask = (one: LawMember, context: string) => one.node.readIndex(utf8(context));

function propose(group: Room, by: number, count: number): void {
  for (let i = 0; i < count; i++) group.get(by).propose(`${i}`);
  group.settle();
}

test("a read is answered at the commit index of when it was asked, wherever it is asked", () => {
  const groups = [
    { conf: confState({ voters: [1, 2, 3] }), options: {} },
    { conf: confState({ voters: [1, 2, 3] }), options: LEASED },
    { conf: confState({ voters: [1, 2], learners: [3] }), options: {} },
    { conf: confState({ voters: [1], learners: [2, 3] }), options: {} },
    { conf: confState({ voters: [1, 2], votersOutgoing: [1, 3] }), options: {} },
  ];
  for (const { conf, options } of groups) {
    const group = room(conf, options);
    const one = group.elect(1);
    for (const id of [1, 2, 3, 2, 1]) {
      propose(group, 1, 3);
      ask(group.get(id), `of ${id}`);
      group.settle();
      assert.equal(answers(group.get(id)), [`of ${id}@${one.commit}`]);
      for (const other of group.members) assert.equal(answers(other), []);
    }
  }
});

test("an answer is given in one Ready, and once", () => {
  const one = new LawMember(1, snapshotOf(confState({ voters: [1] })));
  one.node.campaign();
  one.run();
  assert.not.ok(one.node.hasReady());
  ask(one, "x");
  assert.ok(one.node.hasReady());
  assert.equal(told(one.runOnce().readStates), [`x@${START + 1}`]);
  assert.not.ok(one.node.hasReady());
});

test("a leader that no majority confirms answers nothing, until one does", () => {
  const group = roomOf([1, 2, 3]);
  const one = group.elect(1);
  group.cut(1);
  ask(one, "x");
  group.tick(1, 5);
  assert.equal(answers(one), []);
  group.loses = ({ from, to }) => from === 3 || to === 3;
  group.tick(1);
  assert.equal(answers(one), [`x@${one.commit}`]);
});

test("a leader that was replaced meanwhile never answers", () => {
  const group = roomOf([1, 2, 3]);
  const one = group.elect(1);
  group.cut(1);
  ask(one, "x");
  group.settle();
  group.elect(2);
  propose(group, 2, 2);
  group.heal();
  group.tick(2);
  assert.is(one.leader, 2);
  // Not even if it leads again.
  group.elect(1);
  group.tick(1, 3);
  assert.equal(answers(one), []);
});

test("a new leader answers only after it committed an entry of its own term", () => {
  for (const options of [{}, LEASED]) {
    const group = roomOf([1, 2, 3], options);
    // Its log may hold more than it knows to be committed; nobody takes its entries yet.
    group.loses = ({ type }) => type === "app";
    const one = group.elect(1);
    ask(one, "own");
    group.get(2).hear(1, { type: "heartbeat", term: term(one.term) });
    ask(group.get(2), "passed on");
    group.settle();
    group.loses = ({ type, entries }) => type === "app" && entries.length > 0;
    group.tick(1, 3);
    assert.is(one.commit, START);
    assert.equal([answers(one), answers(group.get(2))], [[], []]);
    group.heal();
    group.tick(1, 2);
    assert.is(one.commit, START + 1);
    assert.equal(answers(one), [`own@${START + 1}`]);
    assert.equal(answers(group.get(2)), [`passed on@${START + 1}`]);
  }
});

test("reads that wait for a new leader's first commit are forgotten with its term", () => {
  const group = roomOf([1, 2, 3]);
  group.loses = ({ type }) => type === "app";
  const one = group.elect(1);
  ask(one, "x");
  one.hear(2, { type: "app-resp", term: term(one.term + 1) });
  assert.is(one.state, "follower");
  group.heal();
  group.elect(1);
  group.tick(1, 2);
  assert.is(one.commit, one.lastIndex);
  assert.equal(answers(one), []);
});

test("under a lease a leader answers at once, without a message", () => {
  const group = roomOf([1, 2, 3], LEASED);
  const one = group.elect(1);
  group.sent.length = 0;
  group.cut(1);
  ask(one, "x");
  group.settle();
  assert.equal(answers(one), [`x@${one.commit}`]);
  assert.equal(group.sent, []);
});

test("where no leader is known a read is asked of nobody", () => {
  const one = new LawMember(1, snapshotOf(confState({ voters: [1, 2, 3] })));
  ask(one, "x");
  assert.equal(one.run(), []);
  one.node.campaign();
  one.run();
  ask(one, "x");
  assert.equal(one.run(), []);
  assert.equal(one.readStates, []);
});

test("a read that reaches a former leader is passed on to the present one", () => {
  const group = roomOf([1, 2, 3]);
  group.elect(1);
  group.cut(3);
  group.elect(2);
  propose(group, 2, 2);
  group.heal();
  const three = group.get(3);
  assert.is(three.leader, 1);
  ask(three, "x");
  group.settle();
  assert.equal(answers(three), [`x@${group.get(2).commit}`]);
});

/** A leader of three whose reads are confirmed by hand. */
function leader(conf = confState({ voters: [1, 2, 3] })): LawMember {
  const group = room(conf);
  return group.elect(1);
}

/** The context by which 2 confirms what was asked last. */
function lastHeartbeat(sent: readonly Message[]): Message {
  const found = sent.filter(({ type, to }) => type === "heartbeat" && to === 2).at(-1);
  if (found === undefined) throw new Error("no heartbeat");
  return found;
}

const confirm = (one: LawMember, from: number, { context }: Message): void => {
  one.hear(from, { type: "heartbeat-resp", context });
  one.run();
};

test("a context used before is a read of its own: old confirmations are not for it", () => {
  const one = leader();
  ask(one, "same");
  const first = lastHeartbeat(one.run());
  // Meanwhile more may be committed, here or by others.
  ask(one, "same");
  const second = lastHeartbeat(one.run());
  confirm(one, 2, first);
  assert.equal(answers(one), [`same@${one.commit}`]);
  confirm(one, 2, first);
  confirm(one, 3, first);
  assert.equal(answers(one), []);
  confirm(one, 3, second);
  assert.equal(answers(one), [`same@${one.commit}`]);
});

test("a confirmation is one of all that was asked before it, in the order it was asked", () => {
  const one = leader();
  for (const context of ["a", "b", "a", "c"]) ask(one, context);
  const last = lastHeartbeat(one.run());
  confirm(one, 3, last);
  const at = one.commit;
  assert.equal(answers(one), [`a@${at}`, `b@${at}`, `a@${at}`, `c@${at}`]);
  confirm(one, 2, last);
  assert.equal(answers(one), []);
});

test("what is answered is kept no longer: heartbeats confirm nothing then", () => {
  const one = leader();
  for (let i = 0; i < 20; i++) ask(one, `${i}`);
  const asked = lastHeartbeat(one.run());
  assert.ok(asked.context !== undefined);
  one.tick(1);
  assert.equal(lastHeartbeat(one.run()).context, asked.context, "asked again, until it is heard");
  confirm(one, 2, asked);
  assert.is(answers(one).length, 20);
  one.tick(1);
  assert.is(lastHeartbeat(one.run()).context, undefined);
});

test("both halves of a joint configuration confirm, and learners do not", () => {
  const conf = { voters: [1, 2, 4], votersOutgoing: [1, 3, 5], learners: [6, 7] };
  const one = leader(confState(conf));
  ask(one, "x");
  const asked = lastHeartbeat(one.run());
  for (const from of [6, 7, 2, 4]) {
    confirm(one, from, asked);
    assert.equal(answers(one), [], `${from}`);
  }
  confirm(one, 5, asked);
  assert.equal(answers(one), [`x@${one.commit}`]);
});

/** Every read that is asked, beside the set of those who confirmed it. */
class Waiting {
  readonly reads = new ReadOnly();
  #model: { readonly position: number; readonly acks: Set<number> }[] = [];

  ask(at: number): void {
    this.reads.add(message({ type: "read-index" }), index(at), nodeId(1));
    this.#model.push({ position: this.reads.last, acks: new Set([1]) });
  }

  ack(from: number, position: number): void {
    this.reads.ack(nodeId(from), position);
    for (const one of this.#model) if (one.position <= position) one.acks.add(from);
  }

  take(): { readonly taken: readonly number[]; readonly due: readonly number[] } {
    const taken = this.reads.takeConfirmed((acks) => acks.size >= 3);
    const stop = this.#model.findIndex(({ acks }) => acks.size < 3);
    const due = this.#model.splice(0, stop === -1 ? this.#model.length : stop);
    assert.is(this.reads.last, this.#model.at(-1)?.position ?? 0);
    const positions = (some: readonly { readonly position: number }[]) =>
      some.map(({ position }) => position);
    return { taken: positions(taken), due: positions(due) };
  }
}

test("reads leave in their order, each as soon as it and all before it are confirmed", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = prng(seed);
    const waiting = new Waiting();
    for (let step = 0; step < 60; step++) {
      if (random.chance(0.4)) waiting.ask(step);
      else waiting.ack(2 + random.below(4), random.below(waiting.reads.last + 1));
      const { taken, due } = waiting.take();
      assert.equal(taken, due, `SEED=${seed} step ${step}`);
    }
  }
});

/** Cuts and elections at random. Each answer with what was committed when it was asked. */
function* randomReads(seed: number): Generator<{ readonly at: number; readonly least: number }> {
  const random = prng(seed);
  const group = roomOf([1, 2, 3, 4, 5]);
  const { members } = group;
  const asked = new Map<string, number>();
  for (let step = 0; step < 60; step++) {
    const cut = new Set([1, 2, 3, 4, 5].filter(() => random.chance(0.3)));
    group.loses = ({ from, to }) => cut.has(from) !== cut.has(to) || random.chance(0.1);
    const one = group.get(1 + random.below(5));
    if (random.chance(0.15)) one.node.campaign();
    one.propose(`${step}`);
    asked.set(`${step}`, Math.max(...members.map(({ commit }) => commit)));
    ask(one, `${step}`);
    group.settle();
    for (const id of group.leaders) group.tick(id);
    for (const { context, index: at } of members.flatMap((m) => m.readStates.splice(0))) {
      yield { at, least: asked.get(fromUtf8(context)) ?? Infinity };
    }
  }
}

test("no read is answered before what anyone knew committed when it was asked", () => {
  let answered = 0;
  for (let seed = 1; seed <= 40; seed++) {
    for (const { at, least } of randomReads(seed)) {
      assert.ok(at >= least, `SEED=${seed}: ${at} for ${least}`);
      answered++;
    }
  }
  assert.ok(answered > 100, `${answered} answers`);
});

test.run();
