// One node's machine: a disk that outlives its processes, and the process that runs now, if any.

import { type NodeConfig, nodeConfig } from "../../../node/config.ts";
import { homeIn } from "../../../node/disk-home.ts";
import type { GroupMachine } from "../../../node/group-machine.ts";
import type { NodeHome } from "../../../node/identity.ts";
import type { Ports } from "../../../node/ports.ts";
import type { RunningNode, Surroundings } from "../../../node/running-node.ts";
import { admittedNode } from "../../../node/start-node.ts";
import type { EngineEnd } from "../../../node/thread/engine-end.ts";
import { threadedNode } from "../../../node/thread/threaded-node.ts";
import type { Timers } from "../../../std/clock.ts";
import type { Index } from "../../../std/ids.ts";
import type { Prng } from "../../../std/prng.ts";
import type { LogStore } from "../../../storage/port.ts";
import type { MemoryNetwork } from "../../../transport/memory.ts";
import type { Transport } from "../../../transport/port.ts";
import type { AnyWorkflow } from "../../../workflow/dsl/define.ts";
import { virtualThread } from "../../virtual-thread.ts";
import { chanceOf } from "../../world.ts";
import type { ProcessLife } from "../process-life.ts";
import type { Simulator } from "../simulator.ts";
import { VirtualDisk } from "../virtual-files.ts";
import type { KeyedWorld } from "./keyed-world.ts";
import type { EngineSwarm } from "./swarm.ts";
import { watched } from "./watched-home.ts";

export interface PlaceParts {
  readonly name: string;
  readonly sim: Simulator;
  readonly swarm: EngineSwarm;
  readonly network: MemoryNetwork;
  readonly outside: KeyedWorld;
  readonly workflows: readonly AnyWorkflow[];
  /** Names of those who found the cluster, the first one first. */
  readonly founders: readonly string[];
  readonly isCalm: () => boolean;
  /** A number for a new life of any process. */
  readonly nextLife: () => number;
  /** A process took this random text for its own: its nonce is one of them. */
  readonly onId: (id: string, life: number) => void;
  readonly onOpened: (place: Place, store: LogStore) => void;
  /** What it has applied up to this entry goes from its log. */
  readonly onCut: (place: Place, store: LogStore, upTo: Index) => void;
  /** A part of a snapshot came, and there is more. */
  readonly onPart: (place: Place) => void;
  /** The node's own disk failed, or it was taken out; anything else is a law broken. */
  readonly onEnded: (place: Place, error: unknown) => void;
  /** It dies between two things that it does. */
  readonly onLastWord: (place: Place) => void;
  readonly mark: (what: string) => void;
  readonly note: (line: string) => void;
}

/** One process: from its start to its end nothing of it is shared with another one. */
export interface Process {
  readonly number: number;
  readonly life: ProcessLife;
  /** Of its user's side: the same, unless the engine is as on a thread of its own. */
  readonly userLife: ProcessLife;
  /** Its engine's, if that is as on a thread. */
  engineEnd: EngineEnd | undefined;
  store: LogStore | undefined;
  running: RunningNode | undefined;
  /** It may own runs, and answers calls. */
  isReady: boolean;
  /** It was told to stop. */
  isGoing: boolean;
  /** It, or its user's side, stood still at some time. */
  wasPaused: boolean;
}

/** Its engine's status and state; of a node inline, the node's. */
export function insideOf({ engineEnd, running }: Process):
  | {
      readonly applied: number;
      readonly commit: number;
      readonly term: number;
      readonly machine: GroupMachine;
    }
  | undefined {
  if (engineEnd !== undefined) {
    const { machine } = engineEnd.engine;
    const { applied, commit, term } = engineEnd.engine.status().replica;
    return { applied, commit, term, machine };
  }
  if (running === undefined) return;
  const { applied, commit, term } = running.face.status();
  return { applied, commit, term, machine: running.machine };
}

/** A block of so long moves runs; it may last twice as long. */
const OWNER_BLOCKED_LIMIT_MS = 2_000;
/** What a call of a slow disk takes. */
const SLOW_MS = [500, 3_000] as const;

export class Place {
  readonly name: string;
  readonly disk: VirtualDisk;
  process: Process | undefined;
  /** It left the cluster for ever. */
  hasLeft = false;
  /** It asked to be taken out: whatever becomes of the process, it may be. */
  isLeaving = false;
  /** A call of its file system fails, or has: the node ends by itself. */
  isDiskBroken = false;
  /** Its disk lost or changed something that was safe, and its node has not come back since. */
  isDamaged = false;
  /** The second copy of what was lost is not written yet. */
  isUnsettled = false;
  /** Its disk was full in this life of its process, or is. */
  wasFull = false;
  /** Until then each call of its file system takes seconds. */
  slowUntilMs = 0;
  readonly #parts: PlaceParts;
  readonly #faults: Prng;
  readonly #skewMs: number;

  constructor(parts: PlaceParts) {
    const { name, sim, swarm } = parts;
    this.name = name;
    this.#parts = parts;
    this.disk = new VirtualDisk(sim.random(`disk ${name}`));
    this.#faults = sim.random(`faults ${name}`);
    const skew = sim.random(`skew ${name}`);
    this.#skewMs = Math.round((2 * skew.unit() - 1) * swarm.skewMaxMs);
  }

  /** Begins a new process, if there is none. */
  start(): void {
    if (this.process !== undefined || this.hasLeft) return;
    const { name, nextLife, onEnded, sim, swarm } = this.#parts;
    const life = sim.process(name);
    const process: Process = {
      number: nextLife(),
      life,
      userLife: swarm.thread === undefined ? life : sim.process(name),
      engineEnd: undefined,
      store: undefined,
      running: undefined,
      isReady: false,
      isGoing: false,
      wasPaused: false,
    };
    this.process = process;
    this.wasFull = Number.isFinite(this.disk.capacityBytes);
    this.#parts.note(`${name} starts`);
    this.#run(process).catch((error: unknown) => {
      if (this.process === process && life.state !== "dead") onEnded(this, error);
    });
  }

  /** The process is gone, without a word; what it wrote the machine still has. */
  kill(): void {
    if (!this.#die()) return;
    this.disk.misdirectNext(undefined);
    this.disk.processDies();
  }

  /** The machine is gone, and of what was not synced any part. */
  powerCut(): void {
    if (this.isDamaged) {
      this.kill();
      return;
    }
    this.#die();
    this.disk.misdirectNext(undefined);
    this.disk.powerCut();
  }

  /** Somebody gives its directory up: it comes back as a new node. */
  wipe(): void {
    this.kill();
    this.disk.wipe();
  }

  /** Its disk has room again. */
  emptied(): void {
    this.disk.capacityBytes = Number.POSITIVE_INFINITY;
  }

  pause(): void {
    if (this.process === undefined) return;
    this.#parts.note(`${this.name} stands still`);
    this.process.wasPaused = true;
    this.process.life.pause();
    this.process.userLife.pause();
    this.#parts.network.pause(this.name);
  }

  resume(): void {
    if (this.process?.life.state !== "paused") return;
    this.process.life.resume();
    this.process.userLife.resume();
    this.#parts.network.resume(this.name);
  }

  /** User code keeps the event loop from turning: its engine goes on. */
  block(): void {
    if (this.process === undefined) return;
    this.#parts.note(`${this.name} blocks`);
    this.process.wasPaused = true;
    this.process.userLife.pause();
  }

  unblock(): void {
    if (this.process?.life.state === "running") this.process.userLife.resume();
  }

  #die(): boolean {
    const { process } = this;
    if (process === undefined) return false;
    this.#parts.note(`${this.name} ends`);
    process.life.kill();
    process.userLife.kill();
    this.#parts.network.crash(this.name);
    this.process = undefined;
    return true;
  }

  async #run(process: Process): Promise<void> {
    const { swarm } = this.#parts;
    const config = this.#config(process);
    if (swarm.thread !== undefined) process.running = await this.#runThreaded(process, config);
    else {
      const running = await admittedNode(config, await this.#around(process));
      process.running = running;
      await running.open();
    }
    process.isReady = true;
    this.isDamaged = false;
  }

  #runThreaded(process: Process, config: NodeConfig): Promise<RunningNode> {
    const { sim, swarm } = this.#parts;
    const { life, number, userLife } = process;
    const random = sim.random(`thread ${number}`);
    const { delayMaxMs = 0, feedBytes = 0 } = swarm.thread ?? {};
    const spawn = virtualThread({
      surroundings: () => this.#around(process),
      engineTimers: life.timers,
      userTimers: userLife.timers,
      delayMs: () => random.unit() * delayMaxMs,
      limits: { feedBytes, baseBytes: feedBytes },
      onServed: (end) => {
        process.engineEnd = end;
      },
    });
    const chance = chanceOf(random);
    const ports: Ports = { clock: this.#clock(userLife), timers: userLife.timers, chance };
    return threadedNode({ config, ports, spawn, runnerLimits: swarm.runner });
  }

  #config({ number, userLife }: Process): NodeConfig {
    const { founders, name, network, outside, swarm, workflows } = this.#parts;
    const isFounder = founders.includes(name);
    const boot = name === founders[0] ? "bootstrap" : "join";
    return nodeConfig({
      name,
      network,
      workflows,
      deps: outside.door(number, userLife),
      logLevel: "silent",
      dataDir: "data",
      ...(swarm.founding === "expect" && isFounder ? { expect: founders } : { boot }),
      maxVoters: swarm.maxVoters,
      tick: swarm.tickMs,
      memberTimeout: swarm.memberTimeoutMs,
      callTimeout: swarm.callTimeoutMs,
      maxConcurrentEffects: swarm.concurrentEffects,
      ownerBlockedLimit: OWNER_BLOCKED_LIMIT_MS,
    });
  }

  async #around(process: Process): Promise<Surroundings> {
    const { isCalm, mark, network, swarm } = this.#parts;
    const { replica, runner, faults } = swarm;
    return {
      ports: this.#ports(process),
      network: {
        join: (name) => this.#mortal(network.join(name), process),
        client: (name) => network.client(name),
      },
      home: await this.#home(process),
      limits: { replica, runner },
      isHintLost: () => {
        if (isCalm() || !this.#faults.chance(faults.hintLoss)) return false;
        mark("a hint is lost");
        return true;
      },
    };
  }

  #ports({ life, number }: Process): Ports {
    const { onId, sim } = this.#parts;
    const chance = chanceOf(sim.random(`life ${number}`));
    return {
      clock: this.#clock(life),
      timers: life.timers,
      chance: {
        ...chance,
        id: () => {
          const id = chance.id();
          onId(id, number);
          return id;
        },
      },
    };
  }

  #clock({ clock }: ProcessLife): Ports["clock"] {
    return { monotonicMs: clock.monotonicMs, wallMs: () => clock.wallMs() + this.#skewMs };
  }

  async #home(process: Process): Promise<NodeHome> {
    const { mark, onCut, onOpened, onPart, swarm } = this.#parts;
    const fs = this.disk.mount(this.#diskTimers(process));
    const home = await homeIn({ fs, directory: "data", segmentBytes: swarm.segmentBytes });
    return watched(home, {
      mark,
      onOpened: (store) => {
        process.store = store;
        onOpened(this, store);
      },
      onCut: (store, upTo) => onCut(this, store, upTo),
      onPart: () => onPart(this),
    });
  }

  /** Each call of the file system takes its time, now and then a long one. */
  #diskTimers({ life, number }: Process): Timers {
    const { isCalm, mark, sim, swarm } = this.#parts;
    const { latencyMaxMs, stall, stallMaxMs } = swarm.disk;
    const random = sim.random(`latency ${number}`);
    return {
      set: (delayMs, fn) => life.timers.set(delayMs, fn),
      defer: (fn) => {
        const isStalled = !isCalm() && random.chance(stall);
        if (isStalled) mark("the disk stalls");
        const isSlow = !isCalm() && sim.nowMs < this.slowUntilMs;
        const delayMs = isSlow
          ? SLOW_MS[0] + random.unit() * (SLOW_MS[1] - SLOW_MS[0])
          : random.unit() * (isStalled ? stallMaxMs : latencyMaxMs);
        if (delayMs === 0) life.timers.defer(fn);
        else life.timers.set(delayMs, fn);
      },
    };
  }

  /** A transport whose process may die with the message that it has just sent. */
  #mortal(transport: Transport, { life }: Process): Transport {
    const { isCalm, onLastWord, swarm } = this.#parts;
    const { dieAfterSend } = swarm.faults;
    if (dieAfterSend === 0) return transport;
    return {
      name: transport.name,
      maxBodyBytes: transport.maxBodyBytes,
      counters: transport.counters,
      send: (to, body) => {
        transport.send(to, body);
        if (life.state === "running" && !isCalm() && this.#faults.chance(dieAfterSend)) {
          onLastWord(this);
        }
      },
      request: (to, body, options) => transport.request(to, body, options),
      peers: (options) => transport.peers(options),
      listen: (handlers) => transport.listen(handlers),
      close: () => transport.close(),
    };
  }
}
