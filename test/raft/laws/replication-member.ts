// One member in whose place a test speaks for all others. Its log begins at index 1, unless a
// snapshot stands before it.

import { type Message, message } from "../../../src/raft/message.ts";
import type { Progress } from "../../../src/raft/progress.ts";
import type { Entry } from "../../../src/raft/types.ts";
import { utf8 } from "../../../src/std/bytes.ts";
import { index, NONE, type NodeId, nodeId, term } from "../../../src/std/ids.ts";
import { confState, LawMember, type Options, snapshotOf } from "./members-room.ts";

export interface Setup {
  readonly id?: number;
  /** Default: 1, 2 and 3. */
  readonly voters?: readonly number[];
  readonly learners?: readonly number[];
  /** The terms of its entries, the first one's first. */
  readonly log?: readonly number[];
  /** A snapshot of term 1 stands for all up to here. Default: there is none. */
  readonly base?: number;
  /** Default: that of the last entry. */
  readonly term?: number;
  readonly commit?: number;
  readonly options?: Options;
}

/** For a core that a test makes itself. */
export const LIMITS = {
  electionTicks: 10,
  heartbeatTicks: 1,
  maxSizePerMsg: Number.POSITIVE_INFINITY,
  maxInflightMsgs: 256,
  randomInt: (): number => 0,
};

/** `count` bytes, or that text. */
export const payload = (what: number | string): Uint8Array =>
  typeof what === "string" ? utf8(what) : new Uint8Array(what);

export const entry = (at: number, inTerm: number, data: number | string = 0): Entry => ({
  index: index(at),
  term: term(inTerm),
  kind: "normal",
  data: payload(data),
});

/** Entries of these terms, from `first` on. */
export const entriesFrom = (first: number, terms: readonly number[]): Entry[] =>
  terms.map((inTerm, i) => entry(first + i, inTerm));

export function memberWith(setup: Setup = {}): LawMember {
  const { id = 1, voters = [1, 2, 3], learners = [], log = [], base = 0, options = {} } = setup;
  const baseTerm = base === 0 ? 0 : 1;
  const snapshot = snapshotOf(confState({ voters, learners }), base, baseTerm);
  const one = new LawMember(id, snapshot, options);
  one.disk.begin({
    entries: entriesFrom(base + 1, log),
    hardState: {
      term: term(setup.term ?? log.at(-1) ?? baseTerm),
      vote: NONE,
      commit: index(setup.commit ?? base),
    },
  });
  one.disk.sync();
  one.restart();
  return one;
}

/** Elected in the next term by all other voters; nobody has acknowledged its first entry. */
export function leaderWith(setup: Setup = {}): LawMember {
  const one = memberWith(setup);
  one.node.campaign();
  one.run();
  for (const voter of one.confState.voters) {
    if (voter !== one.id && one.state !== "leader") one.hear(voter, { type: "vote-resp" });
  }
  one.run();
  if (one.state !== "leader") throw new Error("it was not elected");
  return one;
}

/** Has these members acknowledge all it has. */
export function follow(leader: LawMember, ...ids: readonly number[]): void {
  for (const id of ids) leader.hear(id, { type: "app-resp", index: leader.lastIndex });
  leader.run();
}

/** That member has everything up to `at`. Returns what is sent for it. */
export function ack(leader: LawMember, id: number, at: number): Message[] {
  leader.hear(id, { type: "app-resp", index: index(at) });
  return leader.run();
}

export function progressOf(leader: LawMember, id: number): Progress {
  const found = leader.node.status().progress.get(nodeId(id));
  if (found === undefined) throw new Error(`nothing is known of ${id}`);
  return found;
}

/** Proposes these, in one go. Returns what is sent for them. */
export function propose(leader: LawMember, ...what: readonly (number | string)[]): Message[] {
  leader.node.propose(what.map(payload));
  return leader.run();
}

/** What an append holds, in short. */
export interface Append {
  readonly after: number;
  readonly terms: readonly number[];
  readonly commit: number;
}

export const appendsTo = (sent: readonly Message[], to: number): Append[] =>
  sent
    .filter((m) => m.type === "app" && m.to === to)
    .map((m) => ({ after: m.index, terms: m.entries.map((e) => e.term), commit: m.commit }));

export const typesTo = (sent: readonly Message[], to: number): Message["type"][] =>
  sent.filter((m) => m.to === to).map(({ type }) => type);

/** The terms of all that is on its disk. */
export const logOf = (one: LawMember): number[] => one.disk.entries.map((e) => e.term);

/** An append as a leader of `inTerm` sends it: entries of `terms` after (`after`, `afterTerm`). */
export function append(
  to: NodeId,
  inTerm: number,
  what: {
    readonly after: number;
    readonly afterTerm: number;
    readonly terms?: readonly number[];
    readonly commit?: number;
    readonly from?: number;
  },
): Message {
  return message({
    type: "app",
    to,
    from: nodeId(what.from ?? 2),
    term: term(inTerm),
    index: index(what.after),
    logTerm: term(what.afterTerm),
    entries: entriesFrom(what.after + 1, what.terms ?? []),
    commit: index(what.commit ?? 0),
  });
}

/** Heartbeats go out; those of `ids` are answered. Returns what is sent for that. */
export function beat(leader: LawMember, ...ids: readonly number[]): Message[] {
  leader.tick(1);
  const beats = leader.run();
  for (const id of ids) leader.hear(id, { type: "heartbeat-resp" });
  return [...beats, ...leader.run()];
}

export const textOf = (entries: readonly Entry[]): string[] =>
  entries.map(({ data }) => String.fromCharCode(...data));

/** All orders of these. */
export function orders<T>(of: readonly T[]): T[][] {
  if (of.length <= 1) return [[...of]];
  return of.flatMap((first, i) => orders(of.filter((_, j) => j !== i)).map((r) => [first, ...r]));
}
