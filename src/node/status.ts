import type { ReplicaCounters, ReplicaRole, SnapshotStatus } from "../replica/options.ts";
import type { DivergenceCounts } from "../workflow/runner/run-driver.ts";
import type { EngineStatus } from "./engine-port.ts";
import type { GroupMachine } from "./group-machine.ts";
import type { DiskUse } from "./identity.ts";

/** A node as of now, from its own knowledge. */
export interface NodeStatus {
  readonly name: string;
  readonly clusterUuid: string;
  readonly role: ReplicaRole;
  /** Name of the leader; undefined while none is known here. */
  readonly leader: string | undefined;
  readonly term: number;
  /** Index of the last committed log entry that this node knows of. */
  readonly commit: number;
  /** Index of the last entry that it applied. */
  readonly applied: number;
  /** Entries that the log still holds; a restart applies those behind the snapshot. */
  readonly logEntries: number;
  /** What a restart begins from; undefined while the log goes back to its start. */
  readonly snapshot: NodeSnapshot | undefined;
  /** What the directory takes, every few seconds; undefined without one. */
  readonly disk: DiskUse | undefined;
  /** The disk has no room: nothing new is taken, until it has. */
  readonly isDiskFull: boolean;
  readonly members: readonly MemberStatus[];
  /** Runs that this node owns and that are running. */
  readonly ownedRuns: number;
  /** Effect bodies under way here. */
  readonly effectsRunning: number;
  /** What its code did otherwise than journals hold, since it began. */
  readonly diverged: Readonly<DivergenceCounts>;
  /** Own proposals that were not applied yet. */
  readonly pendingProposals: number;
  /** What was met and dropped, by kind. */
  readonly counters: ReplicaCounters;
  /** The same, of the transport. */
  readonly transport: Readonly<Record<string, number>>;
  /** Why the node has failed; undefined while it has not. */
  readonly failure: Error | undefined;
}

export interface NodeSnapshot {
  /** Of the last entry that is in it. */
  readonly index: number;
  readonly bytes: number;
  /** Milliseconds since it was taken, by the wall clocks of who took it and of this node. */
  readonly ageMs: number;
}

export interface MemberStatus {
  readonly name: string;
  readonly id: number;
  readonly isVoter: boolean;
  /** Announced, and not declared dead. */
  readonly isUp: boolean;
}

export function nodeStatus(parts: {
  readonly name: string;
  readonly clusterUuid: string;
  readonly machine: GroupMachine;
  readonly engine: EngineStatus;
  readonly effectsRunning: number;
  readonly diverged: Readonly<DivergenceCounts>;
  readonly wallMs: number;
}): NodeStatus {
  const { engine, machine } = parts;
  const { counters, replica: status, transport } = engine;
  const { members, byOwner } = machine.workflows;
  const nodes = [...machine.topology.nodes.values()].filter(({ status: s }) => s.kind === "member");
  return {
    name: parts.name,
    clusterUuid: parts.clusterUuid,
    role: status.role,
    leader: nodes.find(({ id }) => id === status.leader)?.name,
    term: status.term,
    commit: status.commit,
    applied: status.applied,
    logEntries: status.lastIndex - status.firstIndex + 1,
    snapshot: snapshotOf(status.snapshot, parts.wallMs),
    disk: engine.disk,
    isDiskFull: status.isFull,
    members: nodes.map(({ id, name }) => ({
      id,
      name,
      isVoter: status.voters.includes(id),
      isUp: members.get(id)?.isUp === true,
    })),
    ownedRuns: byOwner.get(status.self.id)?.size ?? 0,
    effectsRunning: parts.effectsRunning,
    diverged: { ...parts.diverged },
    pendingProposals: status.pendingProposals,
    counters,
    transport,
    failure: status.reason,
  };
}

function snapshotOf(found: SnapshotStatus | undefined, wallMs: number): NodeSnapshot | undefined {
  if (found === undefined) return;
  const { bytes, index, takenAtMs } = found;
  return { index, bytes, ageMs: Math.max(0, wallMs - takenAtMs) };
}
