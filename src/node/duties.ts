// What only the leader does for its group: founds it, declares the dead, moves the configuration to
// the topology. Decided from state at every look; nothing is owed because an edge was seen.

import { deadMembers, failureDetectorOptions, hearsMajority } from "../cluster/failure-detector.ts";
import {
  type MembershipAction,
  type MembershipView,
  membershipOptions,
  nextMembershipAction,
  voterToReplace,
} from "../cluster/membership.ts";
import type { MemberChange, ReplicaStatus } from "../replica/options.ts";
import type { Replica } from "../replica/replica.ts";
import type { Clock, Timer, Timers } from "../std/clock.ts";
import { index, type NodeId, type RunId } from "../std/ids.ts";
import { overdueRuns } from "../workflow/machine/expire.ts";
import { isPast, PURGE_MAX } from "../workflow/machine/purge.ts";
import type { Run } from "../workflow/machine/state.ts";
import type { EngineConfig } from "./config.ts";
import {
  type GroupEvent,
  type GroupMachine,
  type GroupReply,
  topologyBytes,
  workflowBytes,
} from "./group-machine.ts";
import type { Identity } from "./identity.ts";
import type { NodeLog } from "./log.ts";

/** How often the leader looks. */
const LOOK_MS = 100;
/** A leader that did not look for so long slept itself: others' silence meanwhile tells nothing. */
const STALL_MS = 500;
/** The others reconnect within about this after the first one did. */
const RECONNECT_GRACE_MS = 1_000;
/** How often it looks for runs whose time is up, and how many it ends at one look. */
const EXPIRE_MS = 200;
const EXPIRE_MAX = 1_000;
/** A learner heard of within this may be promoted. */
const ACTIVE_MS = 1_000;

export interface DutiesParts {
  readonly identity: Identity;
  readonly config: EngineConfig;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: NodeLog;
  readonly machine: GroupMachine;
  readonly replica: Replica<GroupReply, GroupEvent>;
}

export class Duties {
  readonly #parts: DutiesParts;
  #timer: Timer | undefined;
  #retiring: IterableIterator<Run> | undefined;
  #leadsSinceMs: number | undefined;
  #lookedAtMs: number;
  #expiredAtMs = Number.NEGATIVE_INFINITY;
  #isChanging = false;
  /** Incarnations whose end was proposed: once is enough, since a proposal is retried below. */
  readonly #declared = new Map<NodeId, number>();

  constructor(parts: DutiesParts) {
    this.#parts = parts;
    this.#lookedAtMs = parts.clock.monotonicMs();
  }

  start(): void {
    this.#timer = this.#parts.timers.set(LOOK_MS, () => {
      this.start();
      this.look();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** This node was cut off, with others maybe: their silence until they can be back is no sign. */
  listenAnew(): void {
    const fromMs = this.#parts.clock.monotonicMs() + RECONNECT_GRACE_MS;
    if (this.#leadsSinceMs !== undefined) this.#leadsSinceMs = fromMs;
  }

  look(): void {
    const { clock, replica } = this.#parts;
    const nowMs = clock.monotonicMs();
    const slept = nowMs - this.#lookedAtMs > STALL_MS;
    this.#lookedAtMs = nowMs;
    const status = replica.status();
    if (status.role !== "leader") {
      this.#leadsSinceMs = undefined;
      this.#declared.clear();
      return;
    }
    if (slept || this.#leadsSinceMs === undefined) this.#leadsSinceMs = nowMs;
    this.#found();
    this.#declareDead(status, { nowMs, listeningSinceMs: this.#leadsSinceMs });
    this.#followTopology(status, nowMs);
    this.#expire(nowMs);
    this.#purge();
  }

  /** Looks at some runs each time, round and round: its work does not grow with their number. */
  #purge(): void {
    const { config, machine, replica } = this.#parts;
    const { workflows } = machine;
    this.#retiring ??= workflows.runs.values();
    const runIds: RunId[] = [];
    for (let looked = 0; looked < PURGE_MAX; looked++) {
      const { done, value: run } = this.#retiring.next();
      if (done === true) {
        this.#retiring = undefined;
        break;
      }
      if (isPast(workflows, run, config.retentionMs)) runIds.push(run.id);
    }
    if (runIds.length === 0) return;
    replica.submit(workflowBytes({ kind: "purge", afterMs: config.retentionMs, runIds }));
  }

  /** Rule 22: runs whose time is up, by the log's own time. */
  #expire(nowMs: number): void {
    if (nowMs - this.#expiredAtMs < EXPIRE_MS) return;
    this.#expiredAtMs = nowMs;
    const { clock, machine, replica } = this.#parts;
    for (const run of overdueRuns(machine.workflows, clock.wallMs(), EXPIRE_MAX)) {
      replica.submit(workflowBytes({ kind: "expire", runId: run.id }));
    }
  }

  #found(): void {
    const { config, identity, machine, replica } = this.#parts;
    if (!identity.isFounder || machine.topology.clusterUuid !== undefined) return;
    const { clusterUuid, nonce } = identity;
    replica.submit(topologyBytes({ kind: "found", clusterUuid, name: config.name, nonce }));
  }

  #declareDead(
    status: ReplicaStatus,
    times: { readonly nowMs: number; readonly listeningSinceMs: number },
  ): void {
    const { config, machine, replica, log } = this.#parts;
    const options = { ...failureDetectorOptions, memberTimeoutMs: config.memberTimeoutMs };
    const self = status.self.id;
    const voters = status.peers.filter(({ isVoter }) => isVoter);
    const heard = voters.map(({ id, lastHeardMs }) => [id, lastHeardMs] as const);
    const lastHeardMs = new Map([...heard, [self, times.nowMs] as const]);
    if (!hearsMajority({ self, lastHeardMs }, times.nowMs, options)) return;
    const members = [...machine.workflows.members.values()].filter(
      ({ node, isUp }) => isUp && node !== self,
    );
    const peers = new Map(status.peers.map((peer) => [peer.id, peer]));
    const unreachable = status.peers.flatMap(({ id, noRespondersSinceMs: since }) =>
      since === undefined ? [] : [[id, since] as const],
    );
    const dead = deadMembers(
      {
        ...times,
        lastHeardMs: new Map(members.map(({ node }) => [node, peers.get(node)?.lastHeardMs])),
        unreachableSinceMs: new Map(unreachable),
      },
      options,
    );
    for (const node of dead) {
      const member = machine.workflows.members.get(node);
      if (member === undefined || this.#declared.get(node) === member.incarnation) continue;
      const process = { node, incarnation: member.incarnation };
      const bytes = workflowBytes({ kind: "assign-owners", dead: process });
      if (replica.submit(bytes) === "overloaded") continue;
      this.#declared.set(node, member.incarnation);
      log.warn("a member is silent: its runs move to others", { member: member.name });
    }
  }

  #followTopology(status: ReplicaStatus, nowMs: number): void {
    const { config, replica, log } = this.#parts;
    const view = this.#view(status, nowMs);
    const options = { ...membershipOptions, votersMax: config.maxVoters };
    const action = nextMembershipAction(view, options);
    if (action === undefined) {
      this.#replaceDead(view, { status, nowMs });
      return;
    }
    this.#isChanging = true;
    const done = (): void => {
      this.#isChanging = false;
    };
    log.info("the configuration changes", { ...action });
    replica.proposeConfChange(this.#changeOf(action)).then(done, done);
  }

  #view(status: ReplicaStatus, nowMs: number): MembershipView {
    const progress = status.peers.flatMap(({ id, progress: known, lastHeardMs }) =>
      known === undefined
        ? []
        : [[id, { match: known.match, isActive: nowMs - lastHeardMs < ACTIVE_MS }] as const],
    );
    return {
      topology: this.#parts.machine.topology,
      self: status.self.id,
      voters: new Set(status.voters),
      learners: new Set(status.learners),
      isChanging: this.#isChanging,
      progress: new Map(progress),
      last: index(status.lastIndex),
    };
  }

  /** Opt-in: a spare takes the place of a voter that is dead for long. */
  #replaceDead(
    view: MembershipView,
    { status, nowMs }: { readonly status: ReplicaStatus; readonly nowMs: number },
  ): void {
    const { config, log, machine, replica } = this.#parts;
    const limitMs = config.replaceDeadAfterMs;
    const sinceMs = this.#leadsSinceMs;
    if (limitMs === undefined || sinceMs === undefined) return;
    const dead = status.peers
      .filter(({ id }) => machine.workflows.members.get(id)?.isUp !== true)
      .filter(({ lastHeardMs }) => nowMs - Math.max(lastHeardMs, sinceMs) >= limitMs)
      .map(({ id }) => id);
    const options = { ...membershipOptions, votersMax: config.maxVoters + 1 };
    const node = voterToReplace(view, new Set(dead), options);
    if (node === undefined) return;
    log.warn("a voter is dead for long: a spare takes its place", { node });
    replica.submit(topologyBytes({ kind: "remove", node }));
  }

  #changeOf(action: MembershipAction): MemberChange {
    const kinds = { "add-learner": "add-learner", promote: "add-voter", remove: "remove" } as const;
    const changes = [{ kind: kinds[action.kind], id: action.node }];
    const name = this.#parts.machine.topology.nodes.get(action.node)?.name;
    if (name === undefined || action.kind === "remove") return { changes };
    return { changes, addresses: [{ id: action.node, name }] };
  }
}
