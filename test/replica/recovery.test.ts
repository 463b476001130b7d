import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeConfChange, encodeConfChange } from "../../src/raft/codec.ts";
import { type ConfChange, change, restore } from "../../src/raft/conf-change.ts";
import { Inflights } from "../../src/raft/inflights.ts";
import type { Entry } from "../../src/raft/types.ts";
import { EMPTY_CONF_STATE } from "../../src/raft/types.ts";
import { founding } from "../../src/replica/bootstrap.ts";
import { recovery } from "../../src/replica/recovery.ts";
import { index, NONE, nodeId, term } from "../../src/std/ids.ts";
import { createMemoryLogStore, MemoryDisk } from "../../src/storage/memory.ts";
import type { LogStore } from "../../src/storage/port.ts";

const test = suite("replica: recovery");

const SELF = nodeId(1);
const context = { lastIndex: index(1), newInflights: () => new Inflights(1, 0) };

/** A log of three founders that goes on with these changes. */
function logOf(changes: readonly ConfChange[], committed: number): LogStore {
  const store = createMemoryLogStore({ disk: new MemoryDisk() });
  const founded = founding([1, 2, 3].map((id) => ({ id: nodeId(id), name: `n${id}` })));
  store.save(founded, () => {});
  const entries = changes.map(
    (cc, i): Entry => ({
      index: index(4 + i),
      term: term(5),
      kind: "conf-change-v2",
      data: encodeConfChange(cc),
    }),
  );
  const hardState = { term: term(5), vote: NONE, commit: index(committed) };
  store.save({ hardState, entries }, () => {});
  return store;
}

/** The three founders' entries are in a snapshot, and gone from the log. */
function cut(store: LogStore): LogStore {
  const confState = { ...EMPTY_CONF_STATE, voters: [SELF, nodeId(2), nodeId(3)] };
  const snapshot = { index: index(3), term: term(1), confState, data: new Uint8Array() };
  store.cut(snapshot, () => {});
  assert.is(store.firstIndex(), 4);
  return store;
}

const one = (kind: "add-voter" | "add-learner" | "remove", id: number): ConfChange => ({
  transition: "auto",
  changes: [{ kind, id: nodeId(id) }],
});

/** Who votes and learns when all of the log has been applied; each change must be allowed. */
function membersAfter(store: LogStore): readonly (readonly number[])[] {
  const { confState, hardState } = store.initialState();
  let found = restore(confState, context);
  assert.is(hardState.commit, store.lastIndex(), "all counts as committed");
  const all = store.entries(
    store.firstIndex(),
    index(store.lastIndex() + 1),
    Number.POSITIVE_INFINITY,
  );
  assert.ok(all.ok);
  for (const entry of all.value) {
    if (entry.kind === "normal") continue;
    const changed = change({ ...found, ...context }, decodeConfChange(entry.data));
    assert.ok(changed.ok, "a change that Raft allows");
    if (changed.ok) found = changed.value;
  }
  const { incoming, learners, outgoing } = found.config;
  return [[...incoming], [...outgoing], [...learners]];
}

const cases: readonly (readonly [string, readonly ConfChange[]])[] = [
  ["a voter of three", []],
  ["beside learners", [one("add-learner", 4), one("add-learner", 5)]],
  ["a learner itself", [one("add-learner", 4), one("remove", 1), one("add-learner", 1)]],
  [
    "within a joint configuration",
    [
      {
        transition: "auto",
        changes: [
          { kind: "add-voter", id: nodeId(4) },
          { kind: "remove", id: nodeId(2) },
        ],
      },
    ],
  ],
];

for (const [what, changes] of cases) {
  for (const isCut of [false, true]) {
    test(`it is alone afterwards${isCut ? ", its log cut" : ""}: ${what}`, () => {
      const whole = logOf(changes, 3);
      const store = isCut ? cut(whole) : whole;
      const { save, others, unconfirmed } = recovery(store, SELF, { commands: [], stampMs: 0 });
      store.save(save, () => {});
      assert.equal(membersAfter(store), [[SELF], [], []]);
      assert.not(others.includes(SELF));
      assert.ok(
        [2, 3].some((id) => others.includes(nodeId(id))),
        "whoever was there before",
      );
      assert.is(unconfirmed, changes.length);
      assert.is(store.initialState().hardState.term, 6, "of a term that nobody has voted in");
    });
  }
}

test.run();
