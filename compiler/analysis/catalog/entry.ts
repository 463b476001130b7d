// What is known of code that is not read: the platform's and packages'.

/** Slugs of RD101 to RD113. */
export type Category =
  | "time"
  | "random"
  | "timer"
  | "io"
  | "env"
  | "async"
  | "global-state"
  | "locale"
  | "error-stack"
  | "gc"
  | "logging"
  | "dynamic-code"
  | "concurrency";

/** `unknown`: nobody has looked; it may do anything. */
export type Verdict = Category | "clean" | "unknown";

/** A module's verdict, and those of its members that differ. A member speaks for what is below. */
export interface ModuleEntry {
  readonly rest: Verdict;
  readonly members?: Members;
}

/** Verdict -> names, separated by spaces. */
export type Members = Readonly<Partial<Record<Verdict, string>>>;

/** `promises.readFile` is found as itself, then as `promises`. */
export function memberVerdict(
  index: ReadonlyMap<string, Verdict>,
  member: string,
): Verdict | undefined {
  for (let name = member; ; ) {
    const verdict = index.get(name);
    if (verdict !== undefined) return verdict;
    const end = Math.max(name.lastIndexOf("."), name.lastIndexOf("#"));
    if (end <= 0) return;
    name = name.slice(0, end);
  }
}

export function indexOf(members: Members): ReadonlyMap<string, Verdict> {
  const index = new Map<string, Verdict>();
  for (const [verdict, names = ""] of Object.entries(members)) {
    if (!isVerdict(verdict)) continue;
    for (const name of names.split(/\s+/)) if (name !== "") index.set(name, verdict);
  }
  return index;
}

const VERDICTS: ReadonlySet<string> = new Set<Verdict>([
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
  "clean",
  "unknown",
]);

export const isVerdict = (word: string): word is Verdict => VERDICTS.has(word);
