// The engine's side of a node: consensus, log, transport, machine, and all that a member owes to
// the others, from `open` to its end. It runs no user code, so it may live on another thread.

import type { Admin } from "../client/admin.ts";
import type { Gateway } from "../client/gateway.ts";
import { RaftoralError, TimedOut } from "../errors.ts";
import type { Address, MendingStatus, ReplicaLimits } from "../replica/options.ts";
import type { StateMachine } from "../replica/port.ts";
import { Replica } from "../replica/replica.ts";
import { deferred } from "../std/deferred.ts";
import type { LogStore } from "../storage/port.ts";
import type { SnapshotStore } from "../storage/snapshot-port.ts";
import type { Transport } from "../transport/port.ts";
import type { Activity } from "../workflow/runner/port.ts";
import { LateWatch } from "./activity.ts";
import { type ApiParts, answerClient } from "./api-server.ts";
import type { EngineConfig, Network } from "./config.ts";
import { DiskGauge } from "./disk-use.ts";
import { Door } from "./door.ts";
import { Duties } from "./duties.ts";
import type { EngineIdentity, EngineListener, EnginePort, EngineStatus } from "./engine-port.ts";
import { Group } from "./group.ts";
import { type GroupEvent, GroupMachine, type GroupReply } from "./group-machine.ts";
import type { Identity, NodeHome } from "./identity.ts";
import type { Admission } from "./joining.ts";
import { handOverOffice, type Leaver, untilOut } from "./leaving.ts";
import { localAdmin } from "./local-admin.ts";
import { localGateway } from "./local-gateway.ts";
import type { NodeLog } from "./log.ts";
import { Lookout } from "./lookout.ts";
import type { Ports } from "./ports.ts";
import { Presence } from "./presence.ts";

/** Everything around an engine; the simulator brings its own. */
export interface EngineSurroundings {
  readonly ports: Ports;
  readonly network: Network;
  readonly home: NodeHome;
  /** Instead of the defaults: in the simulator every limit is met. */
  readonly limits?: { readonly replica?: Partial<ReplicaLimits> };
  /** Hints of what was applied may be lost without harm; the simulator loses some. */
  readonly isHintLost?: () => boolean;
}

export interface EngineParts {
  readonly config: EngineConfig;
  /** The workflows of this process, as `name@version`. */
  readonly catalogue: readonly string[];
  readonly around: EngineSurroundings;
  readonly transport: Transport;
  readonly log: NodeLog;
  readonly admission: Admission;
  /** Sees what the machine applies; default: the machine itself. */
  readonly observed?: (machine: GroupMachine) => StateMachine<GroupReply, GroupEvent>;
  readonly store: LogStore;
  readonly snapshots: SnapshotStore;
}

export class Engine implements EnginePort {
  readonly identity: EngineIdentity;
  readonly machine: GroupMachine;
  readonly activity: Activity;
  readonly #parts: EngineParts;
  readonly #identity: Identity;
  readonly #replica: Replica<GroupReply, GroupEvent>;
  readonly #group: Group;
  readonly #duties: Duties;
  readonly #door: Door;
  readonly #api: ApiParts;
  readonly #lookout: Lookout;
  readonly #gauge: DiskGauge;
  readonly #ended = deferred<Error | undefined>();
  #listener: EngineListener | undefined;
  #stopping: Promise<void> | undefined;
  #leaving: Promise<void> | undefined;
  #isOut = false;
  #hasEnded = false;

  constructor(parts: EngineParts) {
    const { config, around, log, transport } = parts;
    const { clock, timers, chance } = around.ports;
    const { identity } = parts.admission;
    const { clusterUuid, node } = identity;
    this.#parts = parts;
    this.#identity = identity;
    this.identity = { clusterUuid, node, nonce: chance.id() };
    this.machine = new GroupMachine("1");
    this.activity = new LateWatch({ clock, log, state: this.machine.workflows });
    this.#replica = this.#createReplica();
    this.#group = this.#createGroup();
    const { machine } = this;
    const shared = { config, log, machine, replica: this.#replica, group: this.#group };
    this.#duties = new Duties({ ...shared, identity, clock, timers });
    this.#door = new Door({ ...shared, clock });
    this.#gauge = new DiskGauge(around.home, timers);
    this.#lookout = new Lookout({
      config,
      identity,
      timers,
      transport,
      isLost: () => this.#replica.status().leader === undefined || !this.#group.isUp,
      onRefused: (error) => this.#fail(error),
    });
    const gateway = localGateway(this.#group);
    const admin = localAdmin({ ...shared, clusterUuid, ports: around.ports, transport });
    this.#api = { clusterUuid, valueTerms: config.valueTerms, gateway, admin };
  }

  get gateway(): Gateway {
    return this.#api.gateway;
  }

  get admin(): Admin {
    return this.#api.admin;
  }

  get ended(): Promise<Error | undefined> {
    return this.#ended.promise;
  }

  /** `onOver`: it was applied here, or never will be. */
  submit(command: Uint8Array, onOver?: () => void): "accepted" | "overloaded" {
    return this.#replica.submit(command, onOver);
  }

  /** The largest command that it takes. */
  get commandBytes(): number {
    return this.#replica.limits.entryBytes;
  }

  /** Answers a call in the form of client/api-codec. */
  answer(body: Uint8Array): Promise<Uint8Array> {
    return answerClient(body, this.#api);
  }

  status(): EngineStatus {
    const { counters } = this.#replica;
    const transport = this.#parts.transport.counters;
    const { use: disk } = this.#gauge;
    return { replica: this.#replica.status(), counters: { ...counters }, transport, disk };
  }

  async open(listener: EngineListener): Promise<void> {
    this.#listener = listener;
    const { admission, transport } = this.#parts;
    for (const { id, name } of admission.members) this.#replica.setAddress(id, name);
    transport.listen({
      onMessage: (from, body) => this.#replica.receive(from, body),
      onRequest: (_from, body) => this.#door.onRequest(body),
      onUndelivered: (to, why) => {
        if (why === "no-responders") this.#replica.undelivered(to);
      },
      onCall: (_client, body) => answerClient(body, this.#api),
      onReconnected: () => this.#duties.listenAnew(),
    });
    this.#replica.start();
    // It may have failed at once, on what its disk holds: then all of this has ended already.
    if (this.#replica.status().role !== "failed") {
      this.#duties.start();
      this.#lookout.start();
      this.#gauge.start();
      this.#group.lookAtStanding();
    }
    await this.#group.ready;
  }

  /** Idempotent: stopping twice waits for the one stop. */
  stop(drainMs: number): Promise<void> {
    this.#stopping ??= this.#stop(drainMs);
    return this.#stopping;
  }

  /** Out of the cluster for ever; idempotent like `stop`. */
  leave(drainMs: number): Promise<void> {
    if (this.#stopping === undefined && this.#isLast()) {
      return Promise.reject(new RaftoralError("invalid-argument", LAST));
    }
    if (this.#stopping !== this.#leaving) return Promise.reject(notLeft(this.#parts.config.name));
    this.#stopping ??= this.#leave(drainMs);
    this.#leaving = this.#stopping;
    return this.#leaving;
  }

  /**
   * The user's side does not answer: its runs go to others, as a lost owner's, where another member
   * is up. Harmless at any time.
   */
  blocked(): void {
    this.#group.block();
  }

  /** It answers again: it may own runs again. */
  unblocked(): void {
    this.#group.unblock();
  }

  async #stop(drainMs: number): Promise<void> {
    if (this.#group.hasCompany()) await this.#handOver(drainMs);
    await this.#goodbye();
  }

  async #leave(drainMs: number): Promise<void> {
    const { node } = this.#identity;
    try {
      await this.#handOver(drainMs);
      await this.#group.proposeTopology({ kind: "remove", node });
    } catch (error) {
      // Still a member: it goes on as one.
      this.#stopping = undefined;
      this.#leaving = undefined;
      this.#group.stay();
      throw error;
    }
    if (!(await untilOut(this.#leaver(), drainMs))) {
      // To go now could cost the others their majority.
      this.#stopping = undefined;
      this.#leaving = undefined;
      throw new TimedOut(STILL_COUNTED);
    }
    await this.#goodbye();
  }

  /** Its runs first, since that takes a leader; then the office. */
  async #handOver(drainMs: number): Promise<void> {
    const { ports } = this.#parts.around;
    const untilMs = ports.clock.monotonicMs() + drainMs;
    await this.#group.leave(drainMs);
    await handOverOffice(this.#replica, ports, untilMs - ports.clock.monotonicMs());
  }

  async #goodbye(): Promise<void> {
    this.#end(new RaftoralError("node-stopped", `${this.#parts.config.name} was stopped`));
    await this.#parts.around.home.leave();
    this.#ended.resolve(undefined);
  }

  /** No place in the group any more: what votes must still vote itself out. */
  async #out(error: RaftoralError): Promise<void> {
    if (this.#isOut) return;
    this.#isOut = true;
    if (error.code === "node-removed") {
      await untilOut(this.#leaver(), Number.POSITIVE_INFINITY);
    }
    this.#fail(error);
  }

  #leaver(): Leaver {
    const { ports } = this.#parts.around;
    const isToldOut = async (): Promise<boolean> => (await this.#lookout.refusal()) !== undefined;
    return { replica: this.#replica, ports, isToldOut };
  }

  #isLast(): boolean {
    const { nodes } = this.machine.topology;
    const others = [...nodes.values()].filter(({ id }) => id !== this.#identity.node);
    return others.every(({ status }) => status.kind !== "member");
  }

  #fail(error: Error): void {
    if (this.#hasEnded) return;
    this.#parts.log.error("the node stops", { error: error.message });
    this.#end(error);
    this.#ended.resolve(error);
  }

  #end(error: Error): void {
    this.#hasEnded = true;
    this.#duties.stop();
    this.#lookout.stop();
    this.#gauge.stop();
    this.#group.stop(error);
    this.#listener?.onEnded(error);
    this.#replica.stop();
    // Who waits here for an answer is told first.
    this.#parts.around.ports.timers.defer(() => this.#parts.transport.close());
  }

  #tellMending({ count, first, last, waitedMs }: MendingStatus): void {
    const message =
      waitedMs === 0
        ? "entries of the log rotted: the others are asked, and this node does not vote until then"
        : "entries that rotted here are still missing: no member that answers has them";
    this.#parts.log.warn(message, { entries: count, first, last, waitedMs });
  }

  #tellRoom(isFull: boolean): void {
    const { log } = this.#parts;
    if (isFull) log.error("the disk is full: this node takes nothing new, and tries again");
    else log.warn("the disk has room again: this node goes on");
    void this.#gauge.look();
    this.#group.onRoom(isFull);
  }

  /** Who owns a run goes on from what was applied; the others may hear of it a little later. */
  #hurry(event: GroupEvent): void {
    if (event.kind !== "run") return;
    const owner = this.machine.workflows.runs.get(event.runId)?.owner?.node;
    if (owner !== undefined) this.#replica.notices.hurry(owner);
  }

  #createGroup(): Group {
    const { around, catalogue, config, log } = this.#parts;
    const { node, nonce } = this.identity;
    return new Group({
      config,
      ports: around.ports,
      log,
      machine: this.machine,
      replica: this.#replica,
      presence: new Presence({ node, name: config.name, nonce, catalogue }),
      onOut: (error) => void this.#out(error),
    });
  }

  #createReplica(): Replica<GroupReply, GroupEvent> {
    const { config, around, transport, admission } = this.#parts;
    const { clock, timers, chance } = around.ports;
    const { identity } = admission;
    const self: Address = { id: identity.node, name: config.name };
    return new Replica<GroupReply, GroupEvent>({
      self,
      clusterUuid: identity.clusterUuid,
      group: 1,
      origin: chance.id(),
      clock,
      timers,
      below: (limit) => chance.below(limit),
      store: this.#parts.store,
      snapshots: this.#parts.snapshots,
      transport,
      machine: this.#parts.observed?.(this.machine) ?? this.machine,
      subscriber: {
        onApplied: (events) => {
          if (around.isHintLost?.() === true) return;
          for (const event of events) this.#hurry(event);
          this.#group.onApplied(events);
          this.#listener?.onApplied(events);
        },
        onRestored: () => {
          this.#group.onRestored();
          this.#listener?.onRestored();
        },
        onLeader: () => {
          this.#group.lookAtStanding();
          this.#duties.look();
        },
        onMending: (status) => this.#tellMending(status),
        onRoom: (isFull) => this.#tellRoom(isFull),
        onFailed: (reason) => this.#fail(asFailure(reason)),
      },
      ...(identity.isFounder ? { bootstrap: { voters: [self] } } : {}),
      limits: { tickMs: config.tickMs, ...around.limits?.replica },
    });
  }
}

/** What is typed already says more than that the node failed. */
const asFailure = (reason: Error): RaftoralError =>
  reason instanceof RaftoralError
    ? reason
    : new RaftoralError("node-failed", reason.message, { cause: reason });

/** It may come back: whoever takes it for gone would wait for its vote in vain. */
export const notLeft = (name: string): RaftoralError =>
  new RaftoralError("node-stopped", `${name} has stopped, and has not left: it is still a member`);

const LAST = "the last member cannot leave: stop it instead";

const STILL_COUNTED =
  "the cluster took this node out, but its vote still counts, and without it the others may have " +
  "no majority: keep it running, and call leave again";
