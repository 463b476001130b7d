// What a member answers to other processes that ask about membership. Only the leader admits, since
// ids come from the log; others say who leads.

import { memberNamed } from "../cluster/machine/state.ts";
import { RaftoralError } from "../errors.ts";
import type { Replica } from "../replica/replica.ts";
import { MalformedError } from "../std/bytes.ts";
import type { Clock } from "../std/clock.ts";
import type { NodeId } from "../std/ids.ts";
import { reads } from "../workflow/values/terms.ts";
import type { EngineConfig } from "./config.ts";
import type { Group } from "./group.ts";
import type { GroupEvent, GroupMachine, GroupReply } from "./group-machine.ts";
import {
  type Address,
  decodeMemberRequest,
  encodeMemberReply,
  type JoinRequest,
  type MemberReply,
  type MemberRequest,
} from "./join-codec.ts";
import type { NodeLog } from "./log.ts";

export interface DoorParts {
  readonly config: EngineConfig;
  readonly clock: Clock;
  readonly log: NodeLog;
  readonly group: Group;
  readonly machine: GroupMachine;
  readonly replica: Replica<GroupReply, GroupEvent>;
}

/** Who was admitted has so long to announce itself before its name counts as free. */
const ADMITTED_GRACE_MS = 10_000;

export class Door {
  readonly #parts: DoorParts;
  readonly #admittedAtMs = new Map<NodeId, number>();

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  async onRequest(body: Uint8Array): Promise<Uint8Array> {
    return encodeMemberReply(await this.#answer(body));
  }

  async #answer(body: Uint8Array): Promise<MemberReply> {
    try {
      return await this.#carryOut(decodeMemberRequest(body));
    } catch (error) {
      if (!(error instanceof RaftoralError || error instanceof MalformedError)) throw error;
      return { kind: "later", why: error.message };
    }
  }

  async #carryOut(request: MemberRequest): Promise<MemberReply> {
    const { config, replica } = this.#parts;
    if (request.kind === "follow") {
      return { kind: "later", why: `${config.name} is in a cluster already: join it` };
    }
    if (request.kind === "join" && request.cluster !== config.cluster) {
      return { kind: "refused", why: `${config.name} belongs to the cluster "${config.cluster}"` };
    }
    const { role, leader } = replica.status();
    if (role !== "leader") {
      const name = leader === undefined ? undefined : this.#nameOf(leader);
      return name === undefined || name === config.name
        ? { kind: "later", why: "no leader is known" }
        : { kind: "redirect", leader: name };
    }
    return request.kind === "join" ? this.#admit(request) : this.#transfer(request.to);
  }

  async #admit({ level, name, nonce, valueTerms }: JoinRequest): Promise<MemberReply> {
    const { config, group, log, machine } = this.#parts;
    if (level < machine.workflows.level)
      return { kind: "too-old", needed: machine.workflows.level };
    const known = machine.topology.byNonce.get(nonce);
    if (known !== undefined) {
      const reply = this.#admitted(known);
      const isOther = reply.kind === "admitted" && !reads(valueTerms, config.valueTerms);
      return isOther ? { kind: "other-values", valueTerms: config.valueTerms } : reply;
    }
    if (valueTerms !== config.valueTerms) {
      return { kind: "other-values", valueTerms: config.valueTerms };
    }
    const holder = memberNamed(machine.topology, name);
    if (holder !== undefined && this.#isAlive(holder.id)) {
      return { kind: "later", why: `a live node of the cluster is called "${name}"` };
    }
    const reply = await group.proposeTopology({ kind: "admit", name, nonce });
    if (reply.kind === "member") {
      this.#admittedAtMs.set(reply.node, this.#parts.clock.monotonicMs());
      const fields = { name, node: reply.node, before: holder?.id };
      if (holder !== undefined) log.warn("a node came with another disk: it has a new id", fields);
      return this.#admitted(reply.node);
    }
    const why = reply.kind === "refused" ? reply.why : "the topology changed meanwhile";
    const isFinal = reply.kind === "refused" && reply.reason === "no-member-any-more";
    return { kind: isFinal ? "refused" : "later", why };
  }

  #admitted(id: NodeId): MemberReply {
    const { clusterUuid, nodes } = this.#parts.machine.topology;
    if (clusterUuid === undefined) return { kind: "later", why: "the cluster is being founded" };
    // A removed node's late or repeated request must not bring it back.
    if (nodes.get(id)?.status.kind !== "member") {
      const isCounted = this.#parts.replica.status().voters.includes(id);
      if (isCounted) return { kind: "later", why: `node ${id} is removed once it was voted out` };
      return { kind: "refused", why: `node ${id} was removed: wipe its data to join anew` };
    }
    const members: Address[] = [...nodes.values()]
      .filter(({ status }) => status.kind === "member")
      .map(({ id: of, name }) => ({ id: of, name }));
    return { kind: "admitted", clusterUuid, id, members };
  }

  /** Two live processes of one name would take each other's messages. */
  #isAlive(id: NodeId): boolean {
    const { clock, config, machine, replica } = this.#parts;
    if (id === this.#parts.group.node) return true;
    const nowMs = clock.monotonicMs();
    const member = machine.workflows.members.get(id);
    const admittedAtMs = this.#admittedAtMs.get(id) ?? Number.NEGATIVE_INFINITY;
    if (member === undefined) return nowMs - admittedAtMs < ADMITTED_GRACE_MS;
    const peer = replica.status().peers.find((known) => known.id === id);
    if (!member.isUp || peer === undefined || peer.noRespondersSinceMs !== undefined) return false;
    return nowMs - peer.lastHeardMs < config.memberTimeoutMs;
  }

  #transfer(to: string): MemberReply {
    const { machine, replica } = this.#parts;
    const node = memberNamed(machine.topology, to);
    if (node === undefined || !replica.status().voters.includes(node.id)) {
      return { kind: "refused", why: `${to} is no voter` };
    }
    replica.transferLeadership(node.id);
    return { kind: "done" };
  }

  #nameOf(id: NodeId): string | undefined {
    return this.#parts.machine.topology.nodes.get(id)?.name;
  }
}
