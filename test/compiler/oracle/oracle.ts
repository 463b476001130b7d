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
}

const IMPORT = `import { all, checkpoint, compute, sleep, workflow } from "raftoral";\n`;

/** Lints the bodies of these seeds, and runs each on two hosts. */
export function oracle(firstSeed: number, count: number): OracleResult {
  const bodies = Array.from({ length: count }, (_, i) => generatedBody(firstSeed + i));
  const fileOf = ({ seed }: GeneratedBody): string => `src/generated-${seed}.ts`;
  const files = Object.fromEntries(bodies.map((body) => [fileOf(body), IMPORT + body.text]));
  const told = new Set(
    findingsIn(files).flatMap(({ file, trace }) => [file, ...trace.map((frame) => frame.file)]),
  );
  const flagged = bodies.filter((body) => told.has(fileOf(body)));
  const silent = bodies.filter((body) => !told.has(fileOf(body)));
  return {
    silent: silent.length,
    flagged: flagged.length,
    flaggedAndDiffer: flagged.filter(differs).length,
    missed: silent.filter(differs).map(({ seed }) => seed),
  };
}
