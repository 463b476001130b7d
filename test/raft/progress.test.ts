import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Inflights } from "../../src/raft/inflights.ts";
import { Progress, type ProgressState } from "../../src/raft/progress.ts";
import { index } from "../../src/std/ids.ts";
import { prng } from "../../src/std/prng.ts";

/** What a leader knows of one member, and what is on its way there. */
const test = suite("raft: progress");

const MAX = 4;

interface Known {
  readonly state?: ProgressState;
  readonly match?: number;
  readonly next?: number;
  readonly pendingSnapshot?: number;
  readonly sentCommit?: number;
  readonly isFlowPaused?: boolean;
  /** Last indexes of appends under way. */
  readonly inflight?: readonly number[];
}

function known(of: Known): Progress {
  const { match = 0, inflight = [] } = of;
  const progress = new Progress({
    next: index(of.next ?? match + 1),
    isLearner: false,
    inflights: new Inflights(MAX, Number.POSITIVE_INFINITY),
  });
  progress.state = of.state ?? "probe";
  progress.match = index(match);
  progress.pendingSnapshot = index(of.pendingSnapshot ?? 0);
  progress.sentCommit = index(of.sentCommit ?? 0);
  progress.isFlowPaused = of.isFlowPaused ?? false;
  for (const last of inflight) progress.inflights.add(index(last), 1);
  return progress;
}

/** What of it `wanted` names. */
function pick(progress: Progress, wanted: object): object {
  const { sentCommit, isFlowPaused } = progress;
  const view: object = { ...progress.view(), sentCommit, isFlowPaused };
  return Object.fromEntries(Object.entries(view).filter(([name]) => name in wanted));
}

// Who waits.

test("a member waits while a snapshot is on its way, and while its flow is paused", () => {
  const states: readonly (readonly [ProgressState, flow: boolean, isPaused: boolean])[] = [
    ["probe", false, false],
    ["probe", true, true],
    ["replicate", false, false],
    ["replicate", true, true],
    ["snapshot", false, true],
    ["snapshot", true, true],
  ];
  for (const [state, isFlowPaused, isPaused] of states) {
    assert.is(known({ state, isFlowPaused }).isPaused, isPaused, `${state} ${isFlowPaused}`);
  }
});

test("news of a member ends its pause; what is no news does not", () => {
  const updated = known({ match: 2, isFlowPaused: true });
  assert.not(updated.maybeUpdate(index(2)));
  assert.ok(updated.isPaused);
  assert.ok(updated.maybeUpdate(index(3)));
  assert.not(updated.isPaused);

  const refused = known({ match: 2, next: 6, isFlowPaused: true });
  assert.not(refused.maybeDecreaseTo(index(4), index(3)));
  assert.ok(refused.isPaused);
  assert.ok(refused.maybeDecreaseTo(index(5), index(3)));
  assert.not(refused.isPaused);
});

const SENT: readonly (readonly [what: string, Known, count: number, object])[] = [
  ["a probe with entries pauses", { next: 3 }, 2, { next: 3, isFlowPaused: true }],
  ["a probe without does not", { next: 3 }, 0, { next: 3, isFlowPaused: false }],
  [
    "the pipeline goes on",
    { state: "replicate", next: 3 },
    2,
    { next: 5, isFlowPaused: false, inflights: { count: 1, isFull: false } },
  ],
  [
    "the pipeline pauses with the append that fills it",
    { state: "replicate", next: 6, inflight: [3, 4, 5] },
    1,
    { next: 7, isFlowPaused: true, inflights: { count: MAX, isFull: true } },
  ],
  [
    "news of the commit takes no place in it",
    { state: "replicate", next: 7, inflight: [3, 4, 5] },
    0,
    { next: 7, isFlowPaused: false, inflights: { count: 3, isFull: false } },
  ],
  [
    "a full pipeline stays paused by news of the commit",
    { state: "replicate", next: 7, inflight: [3, 4, 5, 6] },
    0,
    { next: 7, isFlowPaused: true, inflights: { count: MAX, isFull: true } },
  ],
];

for (const [what, before, count, after] of SENT) {
  test(`of an append that is sent: ${what}`, () => {
    const progress = known(before);
    progress.sentEntries(count, count);
    assert.equal(pick(progress, after), after);
  });
}

// From one state to another.

const none = { count: 0, isFull: false };
const MOVES: readonly (readonly [what: string, Known, (p: Progress) => void, object])[] = [
  [
    "probed after a pipeline, it begins after what is known",
    { state: "replicate", match: 3, next: 9, sentCommit: 8, inflight: [6, 8] },
    (p) => p.becomeProbe(),
    { state: "probe", match: 3, next: 4, sentCommit: 3, inflights: none },
  ],
  [
    "probed after a snapshot, it begins after that",
    { state: "snapshot", match: 1, next: 11, pendingSnapshot: 10, sentCommit: 10 },
    (p) => p.becomeProbe(),
    { state: "probe", match: 1, next: 11, pendingSnapshot: 0, sentCommit: 10 },
  ],
  [
    "probed after a snapshot that failed, it begins after what is known",
    { state: "snapshot", match: 1, next: 11, pendingSnapshot: 0, sentCommit: 10 },
    (p) => p.becomeProbe(),
    { state: "probe", match: 1, next: 2, pendingSnapshot: 0, sentCommit: 1 },
  ],
  [
    "probed after a snapshot that is older than what is known, it begins after that",
    { state: "snapshot", match: 12, next: 13, pendingSnapshot: 10, sentCommit: 10 },
    (p) => p.becomeProbe(),
    { state: "probe", match: 12, next: 13, pendingSnapshot: 0 },
  ],
  [
    "the pipeline begins after what is known, and empty",
    { match: 3, next: 9, isFlowPaused: true, inflight: [5, 8] },
    (p) => p.becomeReplicate(),
    { state: "replicate", match: 3, next: 4, isPaused: false, inflights: none },
  ],
  [
    "a snapshot stands for all up to it, its commit too",
    { match: 3, next: 4, sentCommit: 2, inflight: [5] },
    (p) => p.becomeSnapshot(index(10)),
    { state: "snapshot", match: 3, next: 11, pendingSnapshot: 10, sentCommit: 10, inflights: none },
  ],
];

for (const [what, before, move, after] of MOVES) {
  test(what, () => {
    const progress = known(before);
    move(progress);
    assert.equal(pick(progress, after), after);
  });
}

// Answers.

for (const [at, isNews, match, next] of [
  [2, false, 3, 5],
  [3, false, 3, 5],
  [4, true, 4, 5],
  [5, true, 5, 6],
  [7, true, 7, 8],
] as const) {
  test(`having 3, next 5: an acknowledgement of ${at} makes it ${match}, next ${next}`, () => {
    const progress = known({ match: 3, next: 5 });
    assert.is(progress.maybeUpdate(index(at)), isNews);
    assert.equal([progress.match, progress.next], [match, next]);
  });
}

type Refusal = readonly [Known, rejected: number, hint: number, isNews: boolean, next: number];

const REFUSALS: readonly Refusal[] = [
  // In the pipeline: anything beyond what is known may be what was refused.
  [{ state: "replicate", match: 5, next: 10 }, 4, 4, false, 10],
  [{ state: "replicate", match: 5, next: 10 }, 5, 5, false, 10],
  [{ state: "replicate", match: 5, next: 10 }, 9, 9, true, 6],
  [{ state: "replicate", match: 5, next: 10 }, 7, 2, true, 6],
  // While a snapshot is on its way, nothing was asked.
  [{ state: "snapshot", match: 5, next: 10, pendingSnapshot: 9 }, 9, 7, false, 10],
  // Probed: only what was asked.
  [{ match: 0, next: 10 }, 5, 5, false, 10],
  [{ match: 0, next: 10 }, 10, 9, false, 10],
  [{ match: 0, next: 10 }, 9, 8, true, 9],
  [{ match: 0, next: 10 }, 9, 2, true, 3],
  [{ match: 0, next: 10 }, 9, 20, true, 9],
  [{ match: 0, next: 10 }, 9, 0, true, 1],
  [{ match: 0, next: 1 }, 0, 0, true, 1],
  [{ match: 4, next: 10 }, 9, 2, true, 5],
];

for (const [before, rejected, hint, isNews, next] of REFUSALS) {
  const { state = "probe", match, next: was } = before;
  const said = `${state} ${match} of ${was}: ${rejected} refused for ${hint}`;
  test(`${said}: ${isNews ? `next is ${next}` : "that is an old one"}`, () => {
    const progress = known({ ...before, sentCommit: 9 });
    assert.is(progress.maybeDecreaseTo(index(rejected), index(hint)), isNews);
    assert.is(progress.match, match);
    assert.is(progress.next, next);
    // What it may have been told of a commit went the same way.
    assert.is(progress.sentCommit, isNews ? Math.min(9, next - 1) : 9);
  });
}

test("a commit is news where later than what was told, and that not yet all it was sent", () => {
  const cases: readonly (readonly [sentCommit: number, next: number, commit: number, boolean])[] = [
    [3, 6, 4, true],
    [3, 6, 9, true],
    [3, 6, 3, false],
    [3, 6, 2, false],
    [5, 6, 9, false],
    [4, 6, 9, true],
    [7, 6, 9, false],
  ];
  for (const [sentCommit, next, commit, isNews] of cases) {
    const progress = known({ state: "replicate", next, sentCommit });
    assert.is(progress.canBumpCommit(index(commit)), isNews, `${sentCommit} ${next} ${commit}`);
  }
});

test("a view is of one moment", () => {
  const progress = known({ state: "replicate", match: 1, next: 2 });
  const before = progress.view();
  progress.sentEntries(3, 3);
  progress.becomeSnapshot(index(9));
  assert.equal(before, {
    state: "replicate",
    match: 1,
    next: 2,
    pendingSnapshot: 0,
    isLearner: false,
    isPaused: false,
    isRecentActive: false,
    inflights: none,
  });
});

test("whatever happens, what is known is before what comes next", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = prng(seed);
    const progress = known({ match: 3, next: 5 });
    for (let steps = 0; steps < 50; steps++) {
      const { match } = progress;
      happen(progress, random.below);
      assert.ok(progress.match >= match && progress.match < progress.next, `seed ${seed}`);
      if (progress.state !== "snapshot") assert.is(progress.pendingSnapshot, 0);
      else assert.ok(progress.pendingSnapshot < progress.next);
    }
  }
});

function happen(progress: Progress, below: (limit: number) => number): void {
  const at = index(below(progress.next + 2));
  const what = below(6);
  if (what === 0) progress.maybeUpdate(at);
  if (what === 1) progress.maybeDecreaseTo(at, index(below(at + 1)));
  if (what === 2) progress.becomeProbe();
  if (what === 3) progress.becomeReplicate();
  if (what === 4) progress.becomeSnapshot(index(Math.max(at, progress.match)));
  if (what === 5 && !progress.isPaused) progress.sentEntries(below(3), 1);
}

// What is on its way.

function inflights(...items: readonly (readonly [last: number, bytes: number])[]): Inflights {
  const under = new Inflights(MAX, 100);
  for (const [last, bytes] of items) under.add(index(last), bytes);
  return under;
}

test("what is added is under way until it, or one after it, is acknowledged", () => {
  const under = inflights([2, 1], [4, 1], [7, 1]);
  for (const [upTo, count] of [
    [1, 3],
    [2, 2],
    [3, 2],
    [6, 1],
    [2, 1],
    [9, 0],
    [9, 0],
  ] as const) {
    under.freeLessOrEqual(index(upTo));
    assert.is(under.count, count, `${upTo}`);
  }
});

test("a pipeline is full by its appends or by their bytes, and has room as those are freed", () => {
  assert.not(inflights([1, 1], [2, 1], [3, 1]).isFull);
  assert.ok(inflights([1, 1], [2, 1], [3, 1], [4, 1]).isFull);
  assert.not(inflights([1, 99]).isFull);
  assert.ok(inflights([1, 99], [2, 1]).isFull);
  assert.ok(inflights([1, 500]).isFull);
  const under = inflights([1, 60], [2, 30], [3, 30]);
  under.freeLessOrEqual(index(1));
  assert.not(under.isFull);
  under.add(index(4), 40);
  assert.ok(under.isFull);
});

test("a pipeline that begins anew is empty, its bytes too", () => {
  const under = inflights([1, 1], [2, 99]);
  assert.ok(under.isFull);
  under.reset();
  assert.is(under.count, 0);
  assert.not(under.isFull);
  under.add(index(3), 99);
  assert.not(under.isFull);
});

test.run();
