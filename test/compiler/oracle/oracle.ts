import { findingsIn } from "../../fixtures/lint/projects.ts";
import { type GeneratedBody, generatedBody } from "./bodies.ts";
import { differs } from "./differs.ts";

export interface OracleResult {
  /** Nothing was said of these. */
  readonly silent: number;
  readonly flagged: number;
  /** Flagged ones that did differ. */
  readonly flaggedAndDiffer: number;
  /** Seeds of bodies of which nothing was said and that differ: misses. */
  readonly missed: readonly number[];
  /** By rule: misses that there would be if this one rule were off. */
  readonly missedWithout: Readonly<Record<string, number>>;
}

const IMPORT = `import os from "node:os";
import path from "node:path";
import { all, checkpoint, compute, sleep, workflow } from "raftoral";
`;

interface Judged {
  readonly seed: number;
  readonly rules: ReadonlySet<string>;
  readonly doesDiffer: boolean;
}

/** Lints the bodies of these seeds, and runs each on two hosts. */
export function oracle(firstSeed: number, count: number): OracleResult {
  const judged = judge(Array.from({ length: count }, (_, i) => generatedBody(firstSeed + i)));
  const flagged = judged.filter(({ rules }) => rules.size > 0);
  const silent = judged.filter(({ rules }) => rules.size === 0);
  const told = flagged.filter(({ doesDiffer }) => doesDiffer);
  const missedWithout: Record<string, number> = {};
  for (const [only, ...others] of told.map(({ rules }) => [...rules])) {
    if (only === undefined || others.length > 0) continue;
    missedWithout[only] = (missedWithout[only] ?? 0) + 1;
  }
  return {
    silent: silent.length,
    flagged: flagged.length,
    flaggedAndDiffer: told.length,
    missed: silent.filter(({ doesDiffer }) => doesDiffer).map(({ seed }) => seed),
    missedWithout,
  };
}

function judge(bodies: readonly GeneratedBody[]): readonly Judged[] {
  const fileOf = ({ seed }: GeneratedBody): string => `src/generated-${seed}.ts`;
  const files = Object.fromEntries(bodies.map((body) => [fileOf(body), IMPORT + body.text]));
  const rulesIn = new Map<string, Set<string>>();
  for (const { ruleId, file, trace } of findingsIn(files)) {
    for (const name of [file, ...trace.map((frame) => frame.file)]) {
      rulesIn.set(name, (rulesIn.get(name) ?? new Set()).add(ruleId));
    }
  }
  return bodies.map((body) => ({
    seed: body.seed,
    rules: rulesIn.get(fileOf(body)) ?? new Set(),
    doesDiffer: differs(body),
  }));
}
