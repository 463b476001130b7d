// From a seed that fails to a smaller world that fails the same law: without a fault, with fewer
// members, ended sooner. Greedy, as long as something can be left out.

import { type CoreReport, simulateCore } from "./core-simulation.ts";
import { type CoreSwarm, coreSwarmOf } from "./swarm.ts";

const RERUNS_MAX = 200;

type Step = (swarm: CoreSwarm) => CoreSwarm;

const without =
  (name: keyof CoreSwarm["faults"]): Step =>
  (swarm) => ({
    ...swarm,
    faults: { ...swarm.faults, [name]: name === "isQuorumOnly" ? false : 0 },
  });

const quiet =
  (name: keyof CoreSwarm["network"]): Step =>
  (swarm) => ({
    ...swarm,
    network: { ...swarm.network, [name]: name === "delayMaxMs" ? 1 : 0 },
  });

const STEPS: readonly Step[] = [
  without("membershipMs"),
  without("crashMs"),
  without("powerLossMs"),
  without("pauseMs"),
  without("partitionMs"),
  without("oneWayCutMs"),
  without("transferMs"),
  without("readMs"),
  without("crashAfterSend"),
  without("isQuorumOnly"),
  quiet("loss"),
  quiet("duplication"),
  quiet("replay"),
  quiet("tail"),
  quiet("delayMaxMs"),
  (swarm) => ({ ...swarm, disk: { ...swarm.disk, stall: 0 } }),
  (swarm) => ({ ...swarm, disk: { ...swarm.disk, fsyncMaxMs: 0 } }),
  (swarm) => ({ ...swarm, tickDrift: 0 }),
  (swarm) => ({ ...swarm, spares: Math.max(0, swarm.spares - 1) }),
  (swarm) => ({ ...swarm, nodes: Math.max(1, swarm.nodes - 1) }),
  (swarm) => ({ ...swarm, compactEvery: 0 }),
  (swarm) => ({ ...swarm, proposalEntries: 1 }),
  (swarm) => ({ ...swarm, faultsMs: Math.floor(swarm.faultsMs / 2) }),
  (swarm) => ({ ...swarm, faultsMs: Math.floor(swarm.faultsMs * 0.9) }),
];

export function shrinkCore(seed: number): CoreReport {
  let best = coreSwarmOf(seed);
  const law = lawOf(simulateCore(seed));
  let reruns = 0;
  let hasShrunk = law !== undefined;
  while (hasShrunk) {
    hasShrunk = false;
    for (const step of STEPS) {
      const smaller = step(best);
      if (JSON.stringify(smaller) === JSON.stringify(best)) continue;
      if (reruns++ >= RERUNS_MAX) break;
      if (lawOf(simulateCore(seed, { swarm: smaller })) !== law) continue;
      best = smaller;
      hasShrunk = true;
    }
  }
  return simulateCore(seed, { swarm: best, isTracing: true });
}

const lawOf = ({ violations }: CoreReport): string | undefined => violations[0]?.law;
