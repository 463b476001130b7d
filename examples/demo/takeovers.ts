/** Measures, for each run that lost its owner, the time from the crash to its next effect. */
export class Takeovers {
  #crashedAtMs = 0;
  readonly #waiting = new Set<string>();
  readonly #tookMs: number[] = [];

  onEffect({ workflowId }: { readonly workflowId: string }): void {
    if (!this.#waiting.delete(workflowId)) return;
    this.#tookMs.push(performance.now() - this.#crashedAtMs);
  }

  /** Crashes, by `crash`, the node that owns most of the runs; gives its name. */
  crashBusiest(
    ownerOf: ReadonlyMap<string, string | undefined>,
    crash: (name: string) => void,
  ): string {
    const owned = new Map<string, string[]>();
    for (const [id, owner] of ownerOf) {
      if (owner !== undefined) owned.set(owner, [...(owned.get(owner) ?? []), id]);
    }
    const [victim, runs] = [...owned].sort(([, a], [, b]) => b.length - a.length)[0] ?? ["a", []];
    crash(victim);
    this.#crashedAtMs = performance.now();
    for (const id of runs) this.#waiting.add(id);
    return victim;
  }

  summary(): { readonly p50: number; readonly max: number } {
    const sorted = [...this.#tookMs].sort((a, b) => a - b).map(Math.round);
    return { p50: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
  }
}
