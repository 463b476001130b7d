// Tables of laws about logs: what a follower does with an append, what a leader commits, and how
// the two find out where their logs part.

import type { Message } from "../../../src/raft/message.ts";
import { index, term } from "../../../src/std/ids.ts";

/** A follower of term 3 with `HELD` and nothing committed hears this of the leader of term 3. */
export const HELD: readonly number[] = [1, 2, 2];

export interface AppendCase {
  readonly what: string;
  readonly after: number;
  readonly afterTerm: number;
  readonly terms: readonly number[];
  readonly commit: number;
  /** What it holds then; undefined: it refused, and holds what it held. */
  readonly log: readonly number[] | undefined;
  readonly committed: number;
}

const append = (
  what: string,
  [after, afterTerm, terms, commit]: readonly [number, number, readonly number[], number],
  [log, committed]: readonly [readonly number[] | undefined, number],
): AppendCase => ({ what, after, afterTerm, terms, commit, log, committed });

export const APPENDS: readonly AppendCase[] = [
  append("of another term before it", [2, 3, [3], 3], [undefined, 0]),
  append("that leaves a gap", [4, 2, [3], 3], [undefined, 0]),
  append("of nothing, after all it has", [3, 2, [], 0], [[1, 2, 2], 0]),
  append("that commits all before it", [3, 2, [], 3], [[1, 2, 2], 3]),
  append("of nothing, which proves no more than its place", [1, 1, [], 3], [[1, 2, 2], 1]),
  append("of what it has, whose end is still kept", [1, 1, [2], 0], [[1, 2, 2], 0]),
  append("of what it has, which proves no more than that", [1, 1, [2], 3], [[1, 2, 2], 2]),
  append("of what follows", [3, 2, [3, 3], 4], [[1, 2, 2, 3, 3], 4]),
  append("that is committed further than it reaches", [3, 2, [3], 9], [[1, 2, 2, 3], 4]),
  append("that begins with what it has", [1, 1, [2, 2, 3], 4], [[1, 2, 2, 3], 4]),
  append("of another term in the midst", [1, 1, [3], 1], [[1, 3], 1]),
  append("of another term at the end", [2, 2, [3, 3], 2], [[1, 2, 3, 3], 2]),
  append("that replaces all", [0, 0, [3], 0], [[3], 0]),
];

/** A leader of the term after `log`, whose first own entry stands at its end. */
export interface CommitCase {
  readonly voters: number;
  readonly log: readonly number[];
  /** Up to where the others have acknowledged. */
  readonly acks: readonly number[];
  readonly commit: number;
}

export const COMMITS: readonly CommitCase[] = [
  { voters: 1, log: [], acks: [], commit: 1 },
  { voters: 1, log: [1, 1], acks: [], commit: 3 },
  { voters: 2, log: [1], acks: [1], commit: 0 },
  { voters: 2, log: [1], acks: [2], commit: 2 },
  { voters: 3, log: [1, 1], acks: [0, 0], commit: 0 },
  { voters: 3, log: [1, 1], acks: [2, 2], commit: 0 },
  { voters: 3, log: [1, 2], acks: [2, 1], commit: 0 },
  { voters: 3, log: [1, 1], acks: [3, 0], commit: 3 },
  { voters: 4, log: [1, 1], acks: [3, 2, 2], commit: 0 },
  { voters: 4, log: [1, 1], acks: [3, 3, 0], commit: 3 },
  { voters: 5, log: [1, 2], acks: [3, 2, 2, 2], commit: 0 },
  { voters: 5, log: [1, 2], acks: [0, 3, 0, 3], commit: 3 },
];

export interface ConflictCase {
  readonly what: string;
  readonly leader: readonly number[];
  readonly follower: readonly number[];
  /** What the leader's appends follow, the last one of which is taken. */
  readonly probes: readonly number[];
}

export const CONFLICTS: readonly ConflictCase[] = [
  { what: "that has nothing", leader: [1, 1, 2], follower: [], probes: [3, 0] },
  { what: "that is behind", leader: [1, 1, 2, 2], follower: [1], probes: [4, 1] },
  { what: "that has all", leader: [1, 2], follower: [1, 2], probes: [2] },
  { what: "that has more", leader: [1, 2], follower: [1, 2, 2, 2], probes: [2] },
  {
    what: "of one earlier term",
    leader: [1, 2, 2, 4, 4, 4, 4],
    follower: [1, 2, 2, 3, 3, 3, 3],
    probes: [7, 3],
  },
  {
    what: "of one later term",
    leader: [1, 2, 2, 3, 3, 3, 3],
    follower: [1, 2, 2, 4, 4, 4, 4],
    probes: [7, 3],
  },
  {
    what: "of one later term, and longer",
    leader: [1, 1, 1],
    follower: [1, 2, 2, 2, 2, 2],
    probes: [3, 1],
  },
  {
    what: "of one earlier term, and shorter",
    leader: [1, 1, 3, 3, 3, 3, 3],
    follower: [1, 1, 2, 2],
    probes: [7, 2],
  },
  {
    what: "of two other terms",
    leader: [1, 1, 3, 3, 5, 5],
    follower: [1, 1, 2, 2, 4, 4],
    probes: [6, 4, 2],
  },
  { what: "with nothing in common", leader: [3, 3, 3], follower: [2, 2, 2], probes: [3, 0] },
];

/** Of so many voters, so many are out of reach: is a proposal committed? */
export const REACHES: readonly (readonly [voters: number, cut: number, isCommitted: boolean])[] = [
  [1, 0, true],
  [2, 1, false],
  [3, 0, true],
  [3, 1, true],
  [3, 2, false],
  [4, 1, true],
  [4, 2, false],
  [5, 2, true],
  [5, 3, false],
];

/** What a follower answers a leader of [1, 1] and an entry of term 2, which probed it after 2. */
export const ANSWERS: readonly (readonly [
  what: string,
  answer: Partial<Message>,
  then: { readonly match: number; readonly next: number; readonly after: readonly number[] },
])[] = [
  ["that it has all", { index: index(3) }, { match: 3, next: 4, after: [3] }],
  ["that it has what was before", { index: index(2) }, { match: 2, next: 4, after: [2] }],
  [
    "that it has nothing of it, but the first",
    { index: index(2), reject: true, rejectHint: index(1), logTerm: term(1) },
    { match: 0, next: 2, after: [1] },
  ],
  ["that it has nothing", { index: index(2), reject: true }, { match: 0, next: 1, after: [0] }],
  [
    "that it has no more than a place of no term",
    { index: index(2), reject: true, rejectHint: index(1) },
    { match: 0, next: 2, after: [1] },
  ],
  [
    "that refuses what was not asked",
    { index: index(3), reject: true, rejectHint: index(3), logTerm: term(1) },
    { match: 0, next: 3, after: [] },
  ],
];
