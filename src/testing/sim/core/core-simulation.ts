// One seed of the core profile: members with real cores under faults, then calm, in which those
// that are left must agree and go on. What is checked at every step is in `oracle.ts`.

import { founding } from "../../../replica/bootstrap.ts";
import { type NodeId, nodeId } from "../../../std/ids.ts";
import type { Prng } from "../../../std/prng.ts";
import { createMemoryLogStore, MemoryDisk } from "../../../storage/memory.ts";
import type { ProcessLife } from "../process-life.ts";
import { Simulator } from "../simulator.ts";
import { CoreProcess } from "./core-process.ts";
import { Nemesis } from "./nemesis.ts";
import { CoreNetwork } from "./network.ts";
import { Oracle } from "./oracle.ts";
import { type CoreSwarm, coreSwarmOf } from "./swarm.ts";

/** Long: one entry at a time, with one append under way, takes its time over a long backlog. */
const CALM_LIMIT_MS = 300_000;
const CALM_PROPOSAL_MS = 5_000;
const CALM_STEP_MS = 100;
const TRACE_LINES_MAX = 4_000;

export interface CoreReport {
  readonly seed: number;
  readonly violations: readonly { readonly law: string; readonly detail: string }[];
  readonly marks: ReadonlySet<string>;
  readonly entries: number;
  readonly hash: string;
  readonly swarm: CoreSwarm;
  /** The last events, where they were asked for. */
  readonly trace: readonly string[];
}

export interface CoreOptions {
  readonly isTracing?: boolean;
  /** Instead of what the seed says. */
  readonly swarm?: CoreSwarm;
}

export function simulateCore(seed: number, options: CoreOptions = {}): CoreReport {
  return new CoreSimulation(seed, options).go();
}

export interface Place {
  readonly id: NodeId;
  readonly disk: MemoryDisk;
  life: ProcessLife | undefined;
  process: CoreProcess | undefined;
}

export class CoreSimulation {
  readonly sim: Simulator;
  readonly swarm: CoreSwarm;
  readonly network: CoreNetwork;
  readonly places: readonly Place[];
  readonly #options: CoreOptions;
  readonly #oracle: Oracle;
  readonly #disks: ReadonlyMap<NodeId, MemoryDisk>;
  readonly #random: Prng;
  readonly #marks = new Set<string>();
  readonly #violations = new Map<string, string>();
  readonly #trace: string[] = [];
  #lives = 0;
  #payloads = 0;
  #isCalm = false;

  constructor(seed: number, options: CoreOptions) {
    this.#options = options;
    this.sim = new Simulator({ seed });
    this.swarm = options.swarm ?? coreSwarmOf(seed);
    this.network = new CoreNetwork(this.sim, this.swarm.network);
    this.#random = this.sim.random("workload");
    this.#oracle = new Oracle(this.violation);
    const { nodes, spares } = this.swarm;
    this.places = Array.from({ length: nodes + spares }, (_, i) => ({
      id: nodeId(i + 1),
      disk: new MemoryDisk(),
      life: undefined,
      process: undefined,
    }));
    this.#disks = new Map(this.places.map(({ id, disk }) => [id, disk]));
  }

  readonly mark = (what: string): void => {
    this.#marks.add(what);
  };

  readonly note = (line: () => string): void => {
    if (this.#options.isTracing !== true) return;
    this.#trace.push(`${this.sim.nowMs.toFixed(1).padStart(9)} ${line()}`);
    if (this.#trace.length > TRACE_LINES_MAX) this.#trace.shift();
  };

  readonly violation = (law: string, detail: string): void => {
    if (this.#violations.has(law)) return;
    this.#violations.set(law, `${detail} (at ${this.sim.nowMs} ms)`);
    this.note(() => `VIOLATION ${law}: ${detail}`);
  };

  go(): CoreReport {
    try {
      this.#found();
      const nemesis = new Nemesis(this);
      nemesis.begin();
      this.#proposeLater();
      this.#runUntil(this.swarm.faultsMs);
      this.#calmDown();
    } catch (error) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.violation("nothing throws", detail);
    }
    return {
      seed: this.sim.seed,
      violations: [...this.#violations].map(([law, detail]) => ({ law, detail })),
      marks: this.#marks,
      entries: this.#oracle.applied,
      hash: this.sim.traceHash,
      swarm: this.swarm,
      trace: this.#trace,
    };
  }

  #found(): void {
    const members = this.places.slice(0, this.swarm.nodes);
    const save = founding(members.map(({ id }) => ({ id, name: `${id}` })));
    for (const { disk } of members) createMemoryLogStore({ disk }).save(save, () => {});
    for (const place of this.places) this.start(place);
  }

  start(place: Place): void {
    if (place.process !== undefined) return;
    const { id, disk } = place;
    const life = this.sim.process(`${id}`);
    this.note(() => `${id} starts`);
    place.life = life;
    const lives = this.#lives++;
    const process = new CoreProcess({
      id,
      lives,
      disk,
      disks: this.#disks,
      life,
      random: this.sim.random(`process ${lives}`),
      swarm: this.swarm,
      network: this.network,
      oracle: this.#oracle,
      isCalm: () => this.#isCalm,
      mark: this.mark,
      note: this.note,
      leaderHas: ({ to, term, index }) => {
        const leader = this.places[to - 1]?.process;
        const { softState, hardState } = leader?.status ?? {};
        const isLeader = softState?.state === "leader" && hardState?.term === term;
        return isLeader ? leader?.termAt(index) : undefined;
      },
      die: () => this.crash(place),
    });
    place.process = process;
    this.network.join(id, process);
  }

  /** As a loss of power: what was not synced is gone, or a part of it. */
  crash(place: Place): void {
    if (place.process === undefined) return;
    this.note(() => `${place.id} dies`);
    place.life?.kill();
    place.disk.powerCut(this.#random);
    place.process = undefined;
    place.life = undefined;
    this.network.leave(place.id);
  }

  get leader(): CoreProcess | undefined {
    const leaders = this.places.filter(
      ({ process }) => process?.status.softState.state === "leader",
    );
    return leaders
      .map(({ process }) => process)
      .sort((a, b) => (b?.status.hardState.term ?? 0) - (a?.status.hardState.term ?? 0))[0];
  }

  propose(process: CoreProcess): void {
    const count = 1 + this.#random.below(this.swarm.proposalEntries);
    const payloads = Array.from({ length: count }, () => {
      const id = this.#payloads++;
      const size = 3 + this.#random.below(this.#random.chance(0.1) ? 60 : 6);
      const bytes = new Uint8Array(size);
      for (let i = 0; i < 3; i++) bytes[i] = (id >>> (8 * i)) & 0xff;
      return bytes;
    });
    process.propose(payloads);
  }

  #proposeLater(): void {
    this.sim.timers.set(1 + this.#random.below(this.swarm.proposalGapMs), () => {
      if (this.#isCalm) return;
      const place = this.places[this.#random.below(this.places.length)];
      if (place?.process !== undefined && place.life?.state === "running") {
        this.propose(place.process);
      }
      this.#proposeLater();
    });
  }

  #runUntil(timeMs: number): void {
    let isTimeUp = false;
    this.sim.timers.set(timeMs - this.sim.nowMs, () => {
      isTimeUp = true;
    });
    while (!isTimeUp && this.#violations.size === 0 && this.sim.step()) {}
  }

  /**
   * Faults end; what is dead now and not needed stays so;
   * the rest must agree, and commit something new.
   */
  #calmDown(): void {
    if (this.#violations.size > 0) return;
    this.#isCalm = true;
    this.network.calm();
    const members = this.#survivors();
    for (const place of this.places) {
      if (!members.has(place.id)) this.crash(place);
      else if (place.process === undefined) this.start(place);
      else place.life?.resume();
    }
    const before = this.#oracle.applied;
    const limitMs = this.sim.nowMs + CALM_LIMIT_MS;
    let nextProposalMs = this.sim.nowMs;
    while (this.sim.nowMs < limitMs && this.#violations.size === 0) {
      this.#runUntil(this.sim.nowMs + CALM_STEP_MS);
      if (this.#hasAgreed(before, members)) return;
      this.#stopRemovedLeader();
      const { leader } = this;
      if (leader === undefined || this.sim.nowMs < nextProposalMs) continue;
      nextProposalMs = this.sim.nowMs + CALM_PROPOSAL_MS;
      this.propose(leader);
    }
    if (this.#violations.size > 0) return;
    const states = this.places.map(({ process }) => process?.status);
    this.violation("a majority in calm agrees and goes on", JSON.stringify(states));
  }

  /** Without `stepDownOnRemoval` it leads on and takes no proposals: whoever runs it ends it. */
  #stopRemovedLeader(): void {
    const { leader } = this;
    if (leader === undefined) return;
    const { voters, votersOutgoing, learners } = leader.status.confState;
    const members = [...voters, ...votersOutgoing, ...learners];
    if (members.includes(leader.id)) return;
    // Not before they know: until then its vote may be needed.
    const know = members.every((id) => {
      const machine = this.places[id - 1]?.process?.machine;
      return machine === undefined || machine.applied >= leader.machine.applied;
    });
    if (!know) return;
    this.mark("a removed leader is stopped");
    const place = this.places[leader.id - 1];
    if (place !== undefined) this.crash(place);
  }

  /** Who must carry on: everybody, or a bare majority of the last configuration. */
  #survivors(): ReadonlySet<NodeId> {
    // First all come back: the dead may know of a configuration that the living have not heard of.
    for (const place of this.places) this.start(place);
    for (const { life } of this.places) life?.resume();
    this.#runUntil(this.sim.nowMs + 5 * CALM_STEP_MS);
    const [known] = this.places
      .map(({ process }) => process?.status)
      .filter((status) => status !== undefined)
      .sort((a, b) => b.applied - a.applied);
    // While changes are on their way, an earlier configuration's members may be needed,
    // or a later one's.
    const isSettled =
      known?.confState.votersOutgoing.length === 0 &&
      known.confState.voters.every((id) => {
        const status = this.places[id - 1]?.process?.status;
        return status?.applied === known.applied && status.lastIndex === known.applied;
      });
    if (known === undefined || !isSettled || !this.swarm.faults.isQuorumOnly) {
      return new Set(this.places.map(({ id }) => id));
    }
    this.mark("a bare majority carries on");
    const voters = known.confState.voters.map((id) => ({ id, at: this.#random.u32() }));
    const inOrder = voters.sort((a, b) => a.at - b.at).map(({ id }) => id);
    return new Set(inOrder.slice(0, Math.floor(inOrder.length / 2) + 1));
  }

  #hasAgreed(before: number, survivors: ReadonlySet<NodeId>): boolean {
    const { leader } = this;
    if (leader === undefined || this.#oracle.applied <= before) return false;
    const { voters, learners } = leader.status.confState;
    const members = [...voters, ...learners].filter((id) => survivors.has(id));
    return members.every((id) => {
      const process = this.places[id - 1]?.process;
      return process?.machine.applied === this.#oracle.applied;
    });
  }
}
