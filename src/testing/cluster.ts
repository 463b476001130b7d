// Several whole nodes in one process, with the faults of real ones at hand.

import { RaftoralError } from "../errors.ts";
import { type NodeConfig, type NodeOptions, nodeConfig } from "../node/config.ts";
import { type Client, connectIn } from "../node/connect.ts";
import { createNodeDisk, memoryHome, type NodeDisk, type NodeHome } from "../node/identity.ts";
import type { Node } from "../node/node.ts";
import { locate } from "../node/ports-locate.ts";
import type { RunningNode } from "../node/running-node.ts";
import { startNodeIn } from "../node/start-node.ts";
import { threadedNode } from "../node/thread/threaded-node.ts";
import { type Deferred, deferred } from "../std/deferred.ts";
import type { NetworkConditions } from "../transport/memory.ts";
import type { AnyWorkflow } from "../workflow/dsl/define.ts";
import { type Duration, durationMs } from "../workflow/dsl/duration.ts";
import { findRun } from "../workflow/machine/query.ts";
import { checkObject } from "./arguments.ts";
import { type DiskPlace, openDiskPlace } from "./disk-place.ts";
import { driven, drivenClient } from "./driven.ts";
import type { ProcessLife } from "./sim/process-life.ts";
import { virtualThread } from "./virtual-thread.ts";
import { realWorld, virtualWorld, type World } from "./world.ts";

export interface ClusterOptions {
  readonly workflows: readonly AnyWorkflow[];
  /** How many, named "a", "b", "c" …, or their names. Default 3. */
  readonly nodes?: number | readonly string[];
  /** Decides everything that is left to chance. Default 1. */
  readonly seed?: number;
  /**
   * `virtual`: time passes only while something is awaited or by `advance`, and the same seed gives
   * the same history, event by event, as long as effect bodies do no real input or output. Default.
   */
  readonly clock?: "virtual" | "real";
  readonly deps?: unknown;
  /**
   * Each node keeps its log in a directory of its name below this one, on the real disk. For the
   * real clock only. Default: on a disk in memory.
   */
  readonly dataDir?: string;
  /** `worker`: each engine as on a thread of its own, so that `block` stops user code alone. */
  readonly engine?: "worker" | "inline";
  /** Faults of the network from the start; `setConditions` changes them. */
  readonly network?: Partial<NetworkConditions>;
  /** For every node: time-outs, limits, log level. Default log level "silent". */
  readonly node?: Omit<NodeOptions, "workflows" | "name" | "network" | "boot" | "deps">;
  /** Workflows of a node that differ from the others'. */
  readonly workflowsOf?: (name: string) => readonly AnyWorkflow[];
}

export interface Cluster {
  readonly seed: number;
  /** All nodes that were ever added, crashed ones too. */
  readonly names: readonly string[];
  /**
   * @throws RaftoralError `node-stopped` for one that crashed,
   * `invalid-argument` for a name unknown.
   */
  node(name: string): Node;
  /** Who leads, as the living see it; undefined while nobody does. */
  leader(): string | undefined;
  /** Who acts for the run of this workflow id; undefined while nobody does. */
  owner(workflowId: string): string | undefined;
  /** A new node joins; settles when it votes and may own runs. */
  add(name: string): Promise<void>;
  /** As kill -9: no clean-up, no goodbye. What the node had written stays on its disk. */
  crash(name: string): void;
  /** Starts a crashed node again on its disk, as a new process; settles when it may own runs. */
  restart(name: string): Promise<void>;
  /** As `restart`, on an empty disk: it comes as a new node. */
  restartWiped(name: string): Promise<void>;
  /** The node leaves the cluster for ever: hands over, is taken out, stops. */
  leave(name: string): Promise<void>;
  /** A process that is no member. */
  client(name: string): Promise<Client>;
  /** As SIGSTOP: it does nothing, hears nothing, and does not know it. */
  pause(name: string): void;
  resume(name: string): void;
  /** User code keeps the event loop from turning, until `unblock`; inline that is as `pause`. */
  block(name: string): void;
  unblock(name: string): void;
  /** Only nodes of one group reach each other; a name in none reaches nobody. */
  partition(groups: readonly (readonly string[])[]): void;
  heal(): void;
  setConditions(conditions: Partial<NetworkConditions>): void;
  /** Calls this when so much of the cluster's time has passed: faults in the midst of something. */
  after(delay: Duration, act: () => void): void;
  /** Lets time pass. */
  advance(duration: Duration): Promise<void>;
  /** Hash of every event so far; equal for equal seeds. "" with the real clock. */
  traceHash(): string;
  stop(): Promise<void>;
}

interface Place {
  disk: NodeDisk;
  /** With `dataDir`: this life's hold on its directory, and the end of the life before. */
  directory: DiskPlace | undefined;
  dying: Promise<void>;
  /** Of the user's side. */
  life: ProcessLife;
  /** Of the engine's: the same, if it is inline. */
  engineLife: ProcessLife;
  lives: number;
  running: RunningNode | undefined;
  /** Rejects for whoever waits on this life when it crashes. */
  death: Deferred<never>;
}

/** Settles when all nodes vote and may own runs. */
export async function createCluster(options: ClusterOptions): Promise<Cluster> {
  checkObject(options, "createCluster", "{ workflows: […] }");
  const cluster = new TestCluster(options);
  try {
    for (const name of namesOf(options.nodes ?? 3)) await cluster.add(name);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

function namesOf(nodes: number | readonly string[]): readonly string[] {
  if (typeof nodes !== "number") return nodes;
  if (!(Number.isSafeInteger(nodes) && nodes >= 1 && nodes <= 26)) {
    throw new RaftoralError("invalid-argument", "nodes: a number from 1 to 26, or names");
  }
  return Array.from({ length: nodes }, (_, i) => String.fromCharCode(97 + i));
}

class TestCluster implements Cluster {
  readonly seed: number;
  readonly #options: ClusterOptions;
  readonly #world: World;
  readonly #places = new Map<string, Place>();

  constructor(options: ClusterOptions) {
    if (options.dataDir !== undefined && options.clock !== "real") {
      const message = 'dataDir: real files take real time, so it needs clock: "real"';
      throw new RaftoralError("invalid-argument", message);
    }
    this.#options = options;
    this.seed = options.seed ?? 1;
    const createWorld = options.clock === "real" ? realWorld : virtualWorld;
    this.#world = createWorld(this.seed, options.network ?? {});
  }

  get names(): readonly string[] {
    return [...this.#places.keys()];
  }

  node(name: string): Node {
    const place = this.#place(name);
    const { running, death } = place;
    if (running === undefined) throw crashed(name);
    return driven(running.face, (promise) =>
      this.#world.drive(Promise.race([promise, death.promise])),
    );
  }

  leader(): string | undefined {
    const leaders = this.#living()
      .map(({ face }) => face.status())
      .filter(({ role }) => role === "leader");
    // A deposed one that does not know yet is not the leader.
    return leaders.sort((a, b) => b.term - a.term)[0]?.name;
  }

  owner(workflowId: string): string | undefined {
    const [ahead] = this.#living().sort(
      (a, b) => b.face.status().applied - a.face.status().applied,
    );
    const state = ahead?.machine.workflows;
    const run = state === undefined ? undefined : findRun(state, workflowId);
    if (run?.owner === undefined || run.status.kind !== "running") return;
    return state?.members.get(run.owner.node)?.name;
  }

  async add(name: string): Promise<void> {
    if (this.#places.has(name)) {
      throw new RaftoralError("invalid-argument", `there is a node "${name}" already`);
    }
    const isFirst = this.#places.size === 0;
    const life = this.#world.process(name);
    const place: Place = {
      disk: createNodeDisk(),
      directory: undefined,
      dying: Promise.resolve(),
      life,
      engineLife: this.#engineLife(name, life),
      lives: 0,
      running: undefined,
      death: quietly(deferred<never>()),
    };
    this.#places.set(name, place);
    await this.#start(name, place, isFirst ? "bootstrap" : "join");
  }

  crash(name: string): void {
    const place = this.#place(name);
    if (place.running === undefined) throw crashed(name);
    place.life.kill();
    place.engineLife.kill();
    this.#world.network.crash(name);
    place.disk.log.powerCut();
    place.dying = place.directory?.die() ?? place.dying;
    place.directory = undefined;
    place.running = undefined;
    place.death.reject(crashed(name));
  }

  async restart(name: string): Promise<void> {
    const place = this.#place(name);
    if (place.running !== undefined) this.crash(name);
    place.life = this.#world.process(name);
    place.engineLife = this.#engineLife(name, place.life);
    place.death = quietly(deferred<never>());
    await this.#start(name, place, "join");
  }

  async restartWiped(name: string): Promise<void> {
    const place = this.#place(name);
    if (place.running !== undefined) this.crash(name);
    place.disk = createNodeDisk();
    await this.restart(name);
  }

  async leave(name: string): Promise<void> {
    const place = this.#place(name);
    await this.node(name).leave();
    place.life.kill();
    place.engineLife.kill();
    place.running = undefined;
  }

  async client(name: string): Promise<Client> {
    const { clock, network, process, chance } = this.#world;
    const ports = { clock, timers: process(name).timers, chance: chance(`client ${name}`) };
    const { codec, types } = this.#options.node ?? {};
    const values = { ...(codec && { codec }), ...(types && { types }) };
    const client = await this.#world.drive(connectIn({ name, network, ...values }, ports));
    return drivenClient(client, (promise) => this.#world.drive(promise));
  }

  pause(name: string): void {
    const { engineLife, life } = this.#place(name);
    life.pause();
    engineLife.pause();
    this.#world.network.pause(name);
  }

  resume(name: string): void {
    const { engineLife, life } = this.#place(name);
    life.resume();
    engineLife.resume();
    this.#world.network.resume(name);
  }

  block(name: string): void {
    if (this.#options.engine === "worker") this.#place(name).life.pause();
    else this.pause(name);
  }

  unblock(name: string): void {
    if (this.#options.engine === "worker") this.#place(name).life.resume();
    else this.resume(name);
  }

  partition(groups: readonly (readonly string[])[]): void {
    for (const name of groups.flat()) this.#place(name);
    this.#world.network.partition(groups);
  }

  heal(): void {
    this.#world.network.heal();
  }

  setConditions(conditions: Partial<NetworkConditions>): void {
    this.#world.network.setConditions(conditions);
  }

  after(delay: Duration, act: () => void): void {
    this.#world.process("test").timers.set(durationMs(delay), act);
  }

  advance(duration: Duration): Promise<void> {
    return this.#world.advance(durationMs(duration));
  }

  traceHash(): string {
    return this.#world.traceHash();
  }

  async stop(): Promise<void> {
    for (const place of this.#places.values()) {
      const { engineLife, life, running } = place;
      // Between two sides messages go, which take their time, and need both at work.
      const isTwoSided = engineLife !== life;
      life.resume();
      engineLife.resume();
      if (running !== undefined && isTwoSided) await this.#world.drive(running.stop(0));
      else await running?.stop(0);
      place.life.kill();
      place.engineLife.kill();
      place.running = undefined;
    }
  }

  async #start(name: string, place: Place, boot: "bootstrap" | "join"): Promise<void> {
    const { workflows, workflowsOf, deps, node } = this.#options;
    const { death } = place;
    const { network } = this.#world;
    const config = nodeConfig({
      logLevel: "silent",
      ...node,
      workflows: workflowsOf?.(name) ?? workflows,
      name,
      network,
      boot,
      deps,
    });
    const starting = this.#running(config, place, await this.#home(name, place));
    place.running = await this.#world.drive(Promise.race([starting, death.promise]));
    await this.#untilVoter(place, name);
  }

  #running(config: NodeConfig, place: Place, home: NodeHome): Promise<RunningNode> {
    const { engineLife, life } = place;
    const { network, clock } = this.#world;
    const name = `${config.name} ${place.lives++}`;
    const ports = {
      clock: life.clock,
      timers: life.timers,
      chance: this.#world.chance(`node ${name}`),
      locate,
    };
    if (this.#options.engine !== "worker") return startNodeIn(config, { ports, network, home });
    const chance = this.#world.chance(`engine ${name}`);
    const around = { ports: { clock, timers: engineLife.timers, chance }, network, home };
    const spawn = virtualThread({
      surroundings: async () => around,
      engineTimers: engineLife.timers,
      userTimers: life.timers,
      delayMs: () => chance.unit() / 10,
    });
    return threadedNode({ config, ports, spawn });
  }

  /** Of its own where the engine is as on a thread. */
  #engineLife(name: string, life: ProcessLife): ProcessLife {
    return this.#options.engine === "worker" ? this.#world.process(name) : life;
  }

  async #home(name: string, place: Place): Promise<NodeHome> {
    const { dataDir } = this.#options;
    if (dataDir === undefined) return memoryHome(place.disk);
    await place.dying;
    place.directory = await openDiskPlace(`${dataDir}/${name}`);
    return place.directory.home;
  }

  /** A crash right after the start must find a quorum that counts the newcomer. */
  async #untilVoter(place: Place, name: string): Promise<void> {
    const most = this.#options.node?.maxVoters ?? 5;
    const isVoter = (): boolean => {
      const members = place.running?.face.status().members ?? [];
      const isFull = members.filter((member) => member.isVoter).length >= most;
      return isFull || members.some((member) => member.name === name && member.isVoter);
    };
    for (let waits = 0; !isVoter(); waits++) {
      if (waits > 600) throw new RaftoralError("timed-out", `${name} did not become a voter`);
      await this.#world.advance(50);
    }
  }

  #living(): RunningNode[] {
    return [...this.#places.values()].flatMap(({ running }) => (running ? [running] : []));
  }

  #place(name: string): Place {
    const place = this.#places.get(name);
    if (place !== undefined) return place;
    const known = this.names.join(", ");
    throw new RaftoralError("invalid-argument", `no node "${name}": there are ${known}`);
  }
}

const crashed = (name: string): RaftoralError =>
  new RaftoralError("node-stopped", `${name} has crashed: restart("${name}") brings it back`);

/** Nobody may be waiting when it rejects. */
function quietly(waited: Deferred<never>): Deferred<never> {
  waited.promise.catch(() => {});
  return waited;
}
