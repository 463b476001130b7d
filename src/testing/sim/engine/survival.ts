// Once the faults are over: who must carry on, and what becomes of the others.

import type { NodeId } from "../../../std/ids.ts";
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
  if (all.some(({ isDamaged }) => isDamaged)) return all;
  if (random.chance(0.2)) return all;
  mark("a bare majority carries on");
  const inOrder = all.map((place) => ({ place, at: random.u32() })).sort((a, b) => a.at - b.at);
  return inOrder.slice(0, Math.floor(all.length / 2) + 1).map(({ place }) => place);
}

/** If this one lost all that it has, a majority would still have what is committed. */
export function mayDamage(place: Place, { observer, places }: Survival): boolean {
  const { members, voters } = membersOf(observer);
  const there = places.filter(({ name }) => members.some((node) => node.name === name));
  if (there.length < 3 || !there.includes(place) || !areVoters(observer)) return false;
  const isOne = places.some((one) => one.isDamaged || (one.isLeaving && !one.hasLeft));
  const holding = there.filter(
    (one) => one !== place && observer.holdsAll(one) && observer.knowsMembers(one),
  );
  return !isOne && holding.length > voters.size / 2;
}

/** All are voters, and none is on its way in or out: nothing that is under way changes that. */
function isSettled({ observer, places }: Survival, count: number): boolean {
  if (places.some(({ hasLeft, isLeaving }) => isLeaving && !hasLeft)) return false;
  const there = places.filter(({ hasLeft }) => !hasLeft);
  // Who does not know for certain that a change is committed counts votes as before it.
  const isKnown = there.every((place) => observer.knowsMembers(place));
  return isKnown && membersOf(observer).members.length === count && areVoters(observer);
}

function areVoters(observer: Observer): boolean {
  const { learners, members, voters } = membersOf(observer);
  const isEach = members.length === voters.size && members.every(({ id }) => voters.has(id));
  return learners.size === 0 && isEach;
}

/** By the group's state, and by its configuration. */
function membersOf({ learners, machine, voters }: Observer): {
  readonly members: readonly { readonly id: NodeId; readonly name: string }[];
  readonly learners: ReadonlySet<NodeId>;
  readonly voters: ReadonlySet<NodeId>;
} {
  const nodes = [...machine.topology.nodes.values()];
  const members = nodes.filter(({ status }) => status.kind === "member");
  return { learners, members, voters };
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
