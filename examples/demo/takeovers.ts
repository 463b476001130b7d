import type { Fx } from "raftoral";
import type { Cluster } from "raftoral/testing";
import type { Order } from "../shop/order.ts";

/** Measures, for each run that lost its owner, the time from the crash to its next effect. */
export class Takeovers {
  #crashedAtMs = 0;
  readonly #waiting = new Set<string>();
  readonly #tookMs: number[] = [];

  onEffect({ workflowId }: Fx): void {
    if (!this.#waiting.delete(workflowId)) return;
    this.#tookMs.push(performance.now() - this.#crashedAtMs);
  }

  /** Crashes the node that owns most runs that have not ended; gives its name. */
  crashBusiest(cluster: Cluster, orders: readonly Order[]): string {
    const owned = new Map<string, string[]>();
    for (const { id } of orders) {
      const owner = cluster.owner(id);
      if (owner !== undefined) owned.set(owner, [...(owned.get(owner) ?? []), id]);
    }
    const [victim, runs] = [...owned].sort(([, a], [, b]) => b.length - a.length)[0] ?? ["a", []];
    cluster.crash(victim);
    this.#crashedAtMs = performance.now();
    for (const id of runs) this.#waiting.add(id);
    return victim;
  }

  summary(): { readonly p50: number; readonly max: number } {
    const sorted = [...this.#tookMs].sort((a, b) => a - b).map(Math.round);
    return { p50: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
  }
}
