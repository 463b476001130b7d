import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeConfChange } from "../../src/raft/codec.ts";
import type { Message } from "../../src/raft/message.ts";
import { RawNode } from "../../src/raft/raw-node.ts";
import { founding } from "../../src/replica/bootstrap.ts";
import { nodeId } from "../../src/std/ids.ts";
import { createMemoryLogStore } from "../../src/storage/memory.ts";

/** Decision 5: what a refusal tells, and what would stand still without it. */
const test = suite("raft: refused votes");

interface Member {
  readonly raw: RawNode;
  /** Writes, applies, and gives what is to be sent. */
  work(): readonly Message[];
}

function member(id: number, shareCommitInVotes: boolean): Member {
  const store = createMemoryLogStore();
  store.save(founding([1, 2].map((n) => ({ id: nodeId(n), name: `n${n}` }))), () => {});
  const raw = new RawNode({
    id: nodeId(id),
    storage: store,
    electionTicks: 10,
    heartbeatTicks: 1,
    maxSizePerMsg: 1 << 20,
    maxInflightMsgs: 8,
    preVote: true,
    stepDownOnRemoval: true,
    shareCommitInVotes,
    randomInt: () => 0,
  });
  const work = (): readonly Message[] => {
    const sent: Message[] = [];
    while (raw.hasReady()) {
      const ready = raw.ready();
      const { hardState, entries, snapshot, committedEntries, messages } = ready;
      store.save({ hardState, entries, snapshot }, () => {});
      sent.push(...messages);
      for (const entry of committedEntries) {
        if (entry.kind !== "normal") raw.applyConfChange(decodeConfChange(entry.data));
      }
      raw.advance(ready);
    }
    return sent;
  };
  return { raw, work };
}

/** Carries messages both ways until there are none. */
function talk(a: Member, b: Member): void {
  for (;;) {
    const toB = a.work();
    const toA = b.work();
    if (toA.length + toB.length === 0) return;
    for (const message of toB) b.raw.step(message);
    for (const message of toA) a.raw.step(message);
  }
}

/**
 * The leader commits its own removal and steps down; the other one has the entry, but not the news.
 */
function removedAndSilent(shareCommitInVotes: boolean): readonly [Member, Member] {
  const leader = member(1, shareCommitInVotes);
  const other = member(2, shareCommitInVotes);
  talk(leader, other);
  leader.raw.campaign();
  talk(leader, other);
  assert.is(leader.raw.basicStatus().softState.state, "leader");
  leader.raw.proposeConfChange({
    transition: "auto",
    changes: [{ kind: "remove", id: leader.raw.basicStatus().id }],
  });
  for (const message of leader.work()) other.raw.step(message);
  const answers = other.work();
  // An entry that never leaves: its log is the longer one from now on.
  leader.raw.propose([new Uint8Array(1)]);
  leader.work();
  for (const message of answers) leader.raw.step(message);
  leader.work();
  assert.is(leader.raw.basicStatus().softState.state, "follower");
  return [leader, other];
}

test("of two, the one that is left leads, although the removed one refuses its vote", () => {
  const [removed, left] = removedAndSilent(true);
  left.raw.campaign();
  talk(removed, left);
  assert.equal(left.raw.basicStatus().confState.voters, [nodeId(2)], "it knows of the removal");
  left.raw.campaign();
  talk(removed, left);
  assert.is(left.raw.basicStatus().softState.state, "leader");
});

test("without the commit in refusals it would ask for ever", () => {
  const [removed, left] = removedAndSilent(false);
  for (let i = 0; i < 20; i++) {
    left.raw.campaign();
    removed.raw.campaign();
    talk(removed, left);
  }
  assert.is.not(left.raw.basicStatus().softState.state, "leader");
  assert.is.not(removed.raw.basicStatus().softState.state, "leader");
});

test("a commit of an entry that a member has otherwise is not taken", () => {
  const [, left] = removedAndSilent(true);
  const { hardState, lastIndex } = left.raw.basicStatus();
  left.raw.campaign();
  const [asked] = left.work();
  assert.ok(asked !== undefined);
  const refusal: Message = {
    ...asked,
    type: "pre-vote-resp",
    from: asked.to,
    to: asked.from,
    reject: true,
    commit: lastIndex,
    logTerm: asked.term,
    term: hardState.term,
  };
  left.raw.step(refusal);
  assert.is(left.raw.basicStatus().hardState.commit, hardState.commit);
});

test.run();
