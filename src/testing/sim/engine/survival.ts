// Once the faults are over: who must carry on, and what becomes of the others.

import type { Prng } from "../../../std/prng.ts";
import type { MemoryNetwork } from "../../../transport/memory.ts";
import type { Observer } from "./observer.ts";
import type { Place } from "./place.ts";

export interface Survival {
  readonly places: readonly Place[];
  readonly observer: Observer;
  readonly network: MemoryNetwork;
  readonly random: Prng;
  readonly isControl: boolean;
  readonly mark: (what: string) => void;
}

/** A bare majority of the voters, where the configuration is settled; else everybody. */
export function chooseCore(survival: Survival): readonly Place[] {
  const { isControl, mark, places, random } = survival;
  const all = places.filter(({ hasLeft }) => !hasLeft);
  if (isControl || all.length < 3 || !isSettled(survival, all.length)) return all;
  if (random.chance(0.2)) return all;
  mark("a bare majority carries on");
  const inOrder = all.map((place) => ({ place, at: random.u32() })).sort((a, b) => a.at - b.at);
  return inOrder.slice(0, Math.floor(all.length / 2) + 1).map(({ place }) => place);
}

/** All are voters, and none is on its way in or out: nothing that is under way changes that. */
function isSettled({ observer, places }: Survival, count: number): boolean {
  if (places.some(({ hasLeft, isLeaving }) => isLeaving && !hasLeft)) return false;
  const { learners, machine, voters } = observer;
  // Who does not know for certain that a change is committed counts votes as before it.
  if (!places.every((place) => place.hasLeft || observer.knowsMembers(place))) return false;
  const nodes = [...machine.topology.nodes.values()];
  const members = nodes.filter(({ status }) => status.kind === "member");
  return (
    learners.size === 0 &&
    members.length === count &&
    voters.size === count &&
    members.every(({ id }) => voters.has(id))
  );
}

/** In one of the ways in which nodes are lost: some of them still speak. */
export function loseForEver(place: Place, { mark, network, places, random }: Survival): void {
  const way = random.pick(["dead", "cut off", "deaf", "frozen"] as const);
  mark(`for ever ${way}`);
  if (way === "dead") place.powerCut();
  else if (way === "frozen") place.pause();
  else {
    place.start();
    for (const { name } of places) {
      network.cut(name, place.name);
      if (way === "cut off") network.cut(place.name, name);
    }
  }
}
