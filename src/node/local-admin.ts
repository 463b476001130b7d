// What a member does for operators, and for itself.

import type { Admin, ClusterStatus } from "../client/admin.ts";
import { memberNamed, type TopologyNode } from "../cluster/machine/state.ts";
import { RaftoralError, TimedOut } from "../errors.ts";
import type { Replica } from "../replica/replica.ts";
import type { Transport } from "../transport/port.ts";
import { movesToBalance } from "../workflow/machine/balance.ts";
import { ask, pause } from "./asking.ts";
import type { EngineConfig } from "./config.ts";
import type { Group } from "./group.ts";
import type { GroupEvent, GroupMachine, GroupReply } from "./group-machine.ts";
import type { Ports } from "./ports.ts";

export interface LocalAdminParts {
  readonly config: EngineConfig;
  readonly clusterUuid: string;
  readonly ports: Ports;
  readonly transport: Transport;
  readonly group: Group;
  readonly machine: GroupMachine;
  readonly replica: Replica<GroupReply, GroupEvent>;
}

const LOOK_MS = 20;
/** Leadership changes within an election's time; the request is repeated this often. */
const TRANSFER_LIMIT_MS = 10_000;
const TRANSFER_REPEAT_MS = 1_000;

export function localAdmin(parts: LocalAdminParts): Admin {
  return {
    status: () => status(parts),
    remove: (name) => remove(parts, name),
    transfer: (to) => transfer(parts, to),
    rebalance: () => rebalance(parts),
  };
}

const membersOf = ({ machine }: LocalAdminParts): readonly TopologyNode[] =>
  [...machine.topology.nodes.values()].filter((node) => node.status.kind === "member");

async function status(parts: LocalAdminParts): Promise<ClusterStatus> {
  const { clusterUuid, config, group, machine, replica } = parts;
  await group.readBarrier();
  const { leader, term, commit, voters } = replica.status();
  const { members, byOwner } = machine.workflows;
  return {
    cluster: config.cluster,
    clusterUuid,
    answeredBy: config.name,
    leader: membersOf(parts).find(({ id }) => id === leader)?.name,
    term,
    commit,
    members: membersOf(parts).map(({ id, name }) => ({
      name,
      id,
      isVoter: voters.includes(id),
      isUp: members.get(id)?.isUp === true,
      isLeader: id === leader,
      runs: byOwner.get(id)?.size ?? 0,
      workflows: [...(members.get(id)?.catalogue ?? [])].sort(),
    })),
  };
}

function known(parts: LocalAdminParts, name: string): TopologyNode {
  const node = memberNamed(parts.machine.topology, name);
  if (node !== undefined) return node;
  const names = membersOf(parts).map((member) => member.name);
  throw new RaftoralError(
    "invalid-argument",
    `no member is called "${name}": there are ${names.join(", ")}`,
  );
}

async function remove(parts: LocalAdminParts, name: string): Promise<void> {
  await parts.group.readBarrier();
  const node = known(parts, name);
  if (membersOf(parts).length === 1) {
    throw new RaftoralError("invalid-argument", `${name} is the last member: stop it instead`);
  }
  await parts.group.proposeTopology({ kind: "remove", node: node.id });
}

async function transfer(parts: LocalAdminParts, to: string): Promise<void> {
  const { ports, replica, transport } = parts;
  await parts.group.readBarrier();
  const { id } = known(parts, to);
  if (!replica.status().voters.includes(id)) {
    throw new RaftoralError("invalid-argument", `${to} does not vote: it cannot lead`);
  }
  const startedMs = ports.clock.monotonicMs();
  let askedMs = Number.NEGATIVE_INFINITY;
  while (replica.status().leader !== id) {
    const nowMs = ports.clock.monotonicMs();
    if (nowMs - startedMs > TRANSFER_LIMIT_MS) {
      throw new TimedOut(`${to} did not become the leader: is it up, and has it caught up?`);
    }
    if (nowMs - askedMs >= TRANSFER_REPEAT_MS) {
      askedMs = nowMs;
      const { role, leader } = replica.status();
      const leaderName = membersOf(parts).find((member) => member.id === leader)?.name;
      if (role === "leader") replica.transferLeadership(id);
      else if (leaderName !== undefined) await ask(transport, leaderName, { kind: "transfer", to });
    }
    await pause(ports, LOOK_MS);
  }
}

async function rebalance({ group, machine }: LocalAdminParts): Promise<number> {
  await group.readBarrier();
  const moves = movesToBalance(machine.workflows);
  const replies = await Promise.all(moves.map((move) => group.propose(move)));
  return replies.filter((reply) => reply.kind === "done").length;
}
