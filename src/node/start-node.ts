// The order in which a node comes to life, and ends.

import { RaftoralError } from "../errors.ts";
import type { Address } from "../replica/options.ts";
import { Replica } from "../replica/replica.ts";
import type { LogStore } from "../storage/port.ts";
import { createMemoryNetwork } from "../transport/memory.ts";
import type { Transport } from "../transport/port.ts";
import { Registry } from "../workflow/runner/registry.ts";
import { createValueCodec } from "../workflow/values/codec.ts";
import { type Network, type NodeConfig, type NodeOptions, nodeConfig } from "./config.ts";
import { openDiskHome } from "./disk-home.ts";
import { Door } from "./door.ts";
import { Duties } from "./duties.ts";
import { Group } from "./group.ts";
import { type GroupEvent, GroupMachine, type GroupReply } from "./group-machine.ts";
import { type Identity, memoryHome, type NodeHome } from "./identity.ts";
import { type Admission, Seeker } from "./joining.ts";
import { handOverOffice, untilOut } from "./leaving.ts";
import { localGateway } from "./local-gateway.ts";
import { Lookout } from "./lookout.ts";
import { type NodeLog, nodeLog } from "./log.ts";
import { natsNetwork } from "./nats-network.ts";
import { createNode, type Node } from "./node.ts";
import { type Ports, realPorts } from "./ports.ts";
import { Presence } from "./presence.ts";
import { nodeStatus } from "./status.ts";

/** Everything around a node; the simulator brings its own. */
export interface Surroundings {
  readonly ports: Ports;
  readonly network: Network;
  readonly home: NodeHome;
}

/**
 * Starts a node, and settles once it may own runs. By default one node by itself, in memory:
 * nothing outlives the process. With `dataDir` it comes back as the node that it was.
 * @throws RaftoralError `invalid-argument`, `join-refused`, `directory-in-use`, `log-damaged`,
 * `not-connected`, `not-authorized`, `name-in-use`, `version-mismatch`, `node-removed`.
 */
export async function startNode(options: NodeOptions): Promise<Node> {
  const config = nodeConfig(options);
  const ports = realPorts();
  const network = networkOf(config, ports);
  const { dataDir } = config;
  const home = dataDir === undefined ? memoryHome() : await openDiskHome(dataDir);
  try {
    const running = await startNodeIn(config, { ports, network, home });
    return running.face;
  } catch (error) {
    await home.leave();
    throw error;
  }
}

function networkOf(config: NodeConfig, ports: Ports): Network {
  const { cluster, nats, discoveryTimeoutMs } = config;
  if (nats === undefined) {
    return config.network ?? createMemoryNetwork({ timers: ports.timers });
  }
  const log = nodeLog(config);
  return natsNetwork({ cluster, nats, ports, log, connectTimeoutMs: discoveryTimeoutMs });
}

/** A network inside this process, for several nodes in one program. */
export function memoryNetwork(): Network {
  return createMemoryNetwork({ timers: realPorts().timers });
}

/** For those who bring their own surroundings and look inside: simulator and tests. */
export async function startNodeIn(config: NodeConfig, around: Surroundings): Promise<RunningNode> {
  const registry = new Registry(config.workflows);
  const transport = await around.network.join(config.name);
  const log = nodeLog(config);
  const { home } = around;
  if (config.dataDir === undefined) {
    log.info("no dataDir: what this node knows lives in memory, and ends with the process");
  }
  try {
    const admission = await admit(config, around, transport);
    await home.keep(admission.identity);
    const store = await home.openLog();
    const node = new RunningNode({ config, around, transport, registry, log, admission, store });
    await node.open();
    return node;
  } catch (error) {
    transport.close();
    throw error;
  }
}

async function admit(
  config: NodeConfig,
  { home, ports }: Surroundings,
  transport: Transport,
): Promise<Admission> {
  const { identity } = home;
  if (identity === undefined) return new Seeker({ config, ports, home, transport }).seek();
  return { identity, members: [{ id: identity.node, name: config.name }] };
}

interface RunningParts {
  readonly config: NodeConfig;
  readonly around: Surroundings;
  readonly transport: Transport;
  readonly registry: Registry;
  readonly log: NodeLog;
  readonly admission: Admission;
  readonly store: LogStore;
}

export class RunningNode {
  readonly face: Node;
  /** What this node has applied: read it, never write. */
  readonly machine: GroupMachine;
  readonly #parts: RunningParts;
  readonly #identity: Identity;
  readonly #replica: Replica<GroupReply, GroupEvent>;
  readonly #group: Group;
  readonly #duties: Duties;
  readonly #door: Door;
  readonly #lookout: Lookout;
  #stopping: Promise<void> | undefined;

  constructor(parts: RunningParts) {
    const { config, around, log, registry } = parts;
    const { clock, timers, chance } = around.ports;
    const { identity } = parts.admission;
    this.#parts = parts;
    this.#identity = identity;
    this.machine = new GroupMachine("1");
    this.#replica = this.#createReplica();
    const codec = createValueCodec({ maxBytes: config.maxPayloadBytes });
    const { clusterUuid, node } = identity;
    const catalogue = registry.catalogue();
    this.#group = new Group({
      config,
      ports: around.ports,
      codec,
      log,
      clusterUuid,
      machine: this.machine,
      replica: this.#replica,
      registry,
      presence: new Presence({ node, name: config.name, nonce: chance.id(), catalogue }),
      onOut: (error) => void this.#out(error),
    });
    this.#duties = new Duties({
      identity,
      name: config.name,
      memberTimeoutMs: config.memberTimeoutMs,
      maxVoters: config.maxVoters,
      replaceDeadAfterMs: config.replaceDeadAfterMs,
      clock,
      timers,
      log,
      machine: this.machine,
      replica: this.#replica,
    });
    this.#door = new Door({
      config,
      clock,
      log,
      group: this.#group,
      machine: this.machine,
      replica: this.#replica,
    });
    this.#lookout = new Lookout({
      config,
      identity,
      timers,
      transport: parts.transport,
      isLost: () => this.#replica.status().leader === undefined || !this.#group.isUp,
      onRefused: (error) => this.#fail(error),
    });
    this.face = createNode({
      name: config.name,
      gateway: localGateway(this.#group),
      codec,
      registry,
      newId: () => chance.id(),
      status: () =>
        nodeStatus({
          name: config.name,
          clusterUuid,
          machine: this.machine,
          replica: this.#replica,
          effectsRunning: this.#group.runner.effectsRunning,
        }),
      stop: (drainMs) => this.stop(drainMs),
      leave: (drainMs) => this.leave(drainMs),
    });
  }

  async open(): Promise<void> {
    const { admission, transport } = this.#parts;
    for (const { id, name } of admission.members) this.#replica.setAddress(id, name);
    transport.listen({
      onMessage: (from, body) => this.#replica.receive(from, body),
      onRequest: (_from, body) => this.#door.onRequest(body),
      onUndelivered: (to, why) => {
        if (why === "no-responders") this.#replica.undelivered(to);
      },
      onReconnected: () => this.#duties.listenAnew(),
    });
    this.#replica.start();
    this.#duties.start();
    this.#lookout.start();
    this.#group.lookAtStanding();
    await this.#group.ready;
  }

  /** Idempotent: stopping twice waits for the one stop. */
  stop(drainMs: number): Promise<void> {
    this.#stopping ??= this.#stop(drainMs);
    return this.#stopping;
  }

  /** Out of the cluster for ever; idempotent like `stop`. */
  leave(drainMs: number): Promise<void> {
    this.#stopping ??= this.#leave(drainMs);
    return this.#stopping;
  }

  async #stop(drainMs: number): Promise<void> {
    if (this.#hasCompany()) await this.#handOver(drainMs);
    await this.#goodbye();
  }

  async #leave(drainMs: number): Promise<void> {
    const { ports } = this.#parts.around;
    const { node } = this.#identity;
    try {
      if (this.#isLast()) throw new RaftoralError("invalid-argument", LAST);
      await this.#handOver(drainMs);
      await this.#group.proposeTopology({ kind: "remove", node });
    } catch (error) {
      // Still a member: it goes on as one.
      this.#stopping = undefined;
      this.#group.stay();
      throw error;
    }
    await untilOut(this.#replica, ports, drainMs);
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
  }

  /** No place in the group any more: what votes must still vote itself out. */
  async #out(error: RaftoralError): Promise<void> {
    if (error.code === "node-removed") {
      this.#duties.stop();
      this.#group.stop(error);
      await untilOut(this.#replica, this.#parts.around.ports, OUT_LIMIT_MS);
    }
    this.#fail(error);
  }

  #isLast(): boolean {
    const { nodes } = this.machine.topology;
    const others = [...nodes.values()].filter(({ id }) => id !== this.#identity.node);
    return others.every(({ status }) => status.kind !== "member");
  }

  #hasCompany(): boolean {
    const { members } = this.machine.workflows;
    return [...members.values()].some(({ isUp, node }) => isUp && node !== this.#identity.node);
  }

  #fail(error: Error): void {
    this.#parts.log.error("the node stops", { error: error.message });
    this.#end(error);
  }

  #end(error: Error): void {
    this.#duties.stop();
    this.#lookout.stop();
    this.#group.stop(error);
    this.#replica.stop();
    this.#parts.transport.close();
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
      transport,
      machine: this.machine,
      subscriber: {
        onApplied: (events) => this.#group.onApplied(events),
        onLeader: () => this.#group.lookAtStanding(),
        onFailed: (reason) =>
          this.#fail(new RaftoralError("node-failed", reason.message, { cause: reason })),
      },
      ...(identity.isFounder ? { bootstrap: { voters: [self] } } : {}),
      limits: { tickMs: config.tickMs },
    });
  }
}

const LAST = "the last member cannot leave: stop it instead";

/** How long a removed node stays to vote itself out. */
const OUT_LIMIT_MS = 10_000;
