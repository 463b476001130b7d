// Everything bad, each kind at its own pace: from one random moment to the next.

import type { ConfChange, ConfChangeKind, Transition } from "../../../raft/conf-change.ts";
import type { Prng } from "../../../std/prng.ts";
import type { CoreSimulation, Place } from "./core-simulation.ts";

const DOWN_MAX_MS = 600;
const PAUSED_MAX_MS = 800;

export class Nemesis {
  readonly #world: CoreSimulation;
  readonly #random: Prng;

  constructor(world: CoreSimulation) {
    this.#world = world;
    this.#random = world.sim.random("nemesis");
  }

  begin(): void {
    const { faults } = this.#world.swarm;
    this.#every(faults.crashMs, () => this.#crash(this.#any()));
    this.#every(faults.powerLossMs, () => this.#powerLoss());
    this.#every(faults.pauseMs, () => this.#pause());
    this.#every(faults.partitionMs, () => this.#partition());
    this.#every(faults.oneWayCutMs, () => this.#oneWayCut());
    this.#every(faults.membershipMs, () => this.#changeMembers());
    this.#every(faults.transferMs, () => this.#world.leader?.transfer(this.#any().id));
    this.#every(faults.readMs, () => this.#any().process?.read());
    // What died of itself, just after a send, comes back too.
    this.#every(DOWN_MAX_MS, () => this.#restart(this.#any()));
  }

  /** On average every `meanMs`, until calm; 0: never. */
  #every(meanMs: number, act: () => void): void {
    if (meanMs === 0) return;
    const { sim, swarm } = this.#world;
    sim.timers.set(1 + this.#random.below(2 * meanMs), () => {
      if (sim.nowMs >= swarm.faultsMs) return;
      act();
      this.#every(meanMs, act);
    });
  }

  #any(): Place {
    const { places } = this.#world;
    const [first] = places;
    if (first === undefined) throw new Error("no member");
    return places[this.#random.below(places.length)] ?? first;
  }

  #crash(place: Place): void {
    if (place.process === undefined) return;
    this.#world.mark("crash");
    this.#world.crash(place);
    this.#world.sim.timers.set(1 + this.#random.below(DOWN_MAX_MS), () => this.#restart(place));
  }

  #restart(place: Place): void {
    if (this.#world.sim.nowMs < this.#world.swarm.faultsMs) this.#world.start(place);
  }

  #powerLoss(): void {
    this.#world.mark("power loss of several");
    for (const place of this.#world.places) {
      if (this.#random.chance(0.7)) this.#crash(place);
    }
  }

  #pause(): void {
    const { life } = this.#any();
    if (life?.state !== "running") return;
    this.#world.mark("a process stands still");
    life.pause();
    this.#world.sim.timers.set(1 + this.#random.below(PAUSED_MAX_MS), () => life.resume());
  }

  #partition(): void {
    const { network, places } = this.#world;
    network.heal();
    if (this.#random.chance(0.4)) return;
    this.#world.mark("partition");
    const side = new Set(places.filter(() => this.#random.chance(0.5)).map(({ id }) => id));
    for (const a of places) {
      for (const b of places) if (side.has(a.id) !== side.has(b.id)) network.cut(a.id, b.id);
    }
  }

  #oneWayCut(): void {
    this.#world.mark("one-way cut");
    if (this.#random.chance(0.3)) this.#world.network.heal();
    const deaf = this.#any();
    for (const { id } of this.#world.places) {
      if (id !== deaf.id && this.#random.chance(0.7)) this.#world.network.cut(id, deaf.id);
    }
  }

  #changeMembers(): void {
    const { leader } = this.#world;
    if (leader === undefined) return;
    this.#world.mark("change of members proposed");
    leader.change(this.#change(leader.status.confState.votersOutgoing.length > 0));
  }

  #change(isJoint: boolean): ConfChange {
    const random = this.#random;
    // An explicit joint configuration is left on request only.
    if (isJoint && random.chance(0.7)) return { transition: "auto", changes: [] };
    const count = 1 + random.below(3);
    const kinds = ["add-voter", "add-voter", "add-learner", "remove", "update"] as const;
    const changes = Array.from({ length: count }, () => {
      const kind: ConfChangeKind = random.pick(kinds);
      return { kind, id: this.#any().id };
    });
    const transition: Transition = random.pick(["auto", "auto", "implicit", "explicit"] as const);
    return { transition, changes };
  }
}
