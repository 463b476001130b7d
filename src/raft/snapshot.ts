// Snapshots: sent where the log no longer reaches back, installed where they know more (Raft §7).

import { assert } from "../std/assert.ts";
import type { NodeId } from "../std/ids.ts";
import { restore as restoreConfig } from "./conf-change.ts";
import type { Message } from "./message.ts";
import type { Progress } from "./progress.ts";
import type { RaftState } from "./state.ts";
import type { LogEnd } from "./trace.ts";
import type { Snapshot } from "./types.ts";

export function sendSnapshot(raft: RaftState, to: NodeId, progress: Progress): boolean {
  // One that is silent would not take it: it would only cost.
  if (!progress.isRecentActive) return false;
  const found = raft.log.snapshot();
  if (!found.ok) return false;
  assert(found.value.index > 0, "a snapshot that is sent holds something");
  raft.trace({
    kind: "snapshot-sent",
    id: raft.id,
    member: to,
    firstIndex: raft.log.firstIndex,
    commit: raft.log.committed,
    snapshot: endOf(found.value),
    progress: progress.view(),
  });
  progress.becomeSnapshot(found.value.index);
  raft.traceProgress("replication-paused", to, progress);
  raft.send({ type: "snap", to, snapshot: found.value });
  return true;
}

export function handleSnapshot(raft: RaftState, m: Message): void {
  const isInstalled = m.snapshot !== undefined && install(raft, m.snapshot);
  const at = isInstalled ? raft.log.lastIndex : raft.log.committed;
  raft.send({ type: "app-resp", to: m.from, index: at });
}

function install(raft: RaftState, snapshot: Snapshot): boolean {
  if (snapshot.index <= raft.log.committed || raft.state !== "follower") return false;
  const { voters, votersOutgoing, learners } = snapshot.confState;
  // One that is not in it would forget that it is a member: it waits for a newer one.
  if (![voters, votersOutgoing, learners].some((ids) => ids.includes(raft.id))) return false;
  if (raft.log.matchTerm(snapshot.index, snapshot.term)) {
    raft.log.commitTo(snapshot.index);
    return false;
  }
  traceRestoreBegan(raft, snapshot);
  raft.log.restore(snapshot);
  raft.switchConfiguration(
    restoreConfig(snapshot.confState, {
      lastIndex: raft.log.lastIndex,
      newInflights: () => raft.tracker.newInflights(),
    }),
  );
  raft.trace({
    kind: "snapshot-restored",
    id: raft.id,
    snapshot: endOf(snapshot),
    commit: raft.log.committed,
    end: raft.log.end,
  });
  return true;
}

function traceRestoreBegan(raft: RaftState, snapshot: Snapshot): void {
  const { committed, applied, applying, unstable } = raft.log;
  const { offset, inProgress, entries } = unstable;
  raft.trace({
    kind: "restore-began",
    id: raft.id,
    snapshot: endOf(snapshot),
    committed,
    applied,
    applying,
    unstable: { offset, inProgress, count: entries.length },
  });
}

const endOf = ({ index, term }: Snapshot): LogEnd => ({ index, term });
