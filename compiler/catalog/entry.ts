/** Slugs of the rules about the host: what a name of the platform or of a package stands for. */
export const HOST_CATEGORIES = [
  "time",
  "random",
  "timer",
  "io",
  "env",
  "async",
  "global-state",
  "locale",
  "error-stack",
  "gc",
  "logging",
  "dynamic-code",
  "concurrency",
] as const;

export type HostCategory = (typeof HOST_CATEGORIES)[number];

/**
 * - a category: calling it, or handing it on as a function, is a finding;
 * - `read:` and a category: looking at it is one already;
 * - `clean`: the same everywhere for the same arguments;
 * - `unknown`: nobody has read it.
 */
export type Verdict = HostCategory | `read:${HostCategory}` | "clean" | "unknown";

/**
 * Verdict -> names below a global or a module, separated by spaces; `*` stands for all that are not
 * listed.
 */
export type Names = Readonly<Partial<Record<Verdict, string>>>;

/** Name -> verdict. */
export function indexOf(names: Names): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(names).flatMap(([verdict, words]) =>
      words.split(/\s+/).map((word) => [word, verdict] as const),
    ),
  );
}
