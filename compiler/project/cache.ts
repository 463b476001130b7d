import { readFileSync, renameSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import type { Analysed, AnalysisRequest } from "./analysed.ts";
import { writeText } from "./files.ts";
import { sha256 } from "./hash.ts";
import { BUNDLED_TYPESCRIPT, packageVersion } from "./package-facts.ts";
import { readTree, type Tree, type TreeFile } from "./tree.ts";

/**
 * What was found last time, in one file of the cache's folder. It holds while
 * 1. linter, TypeScript, Node and request are the same (`key`);
 * 2. every file that was read for it, with the configuration and the lock files, has the same
 *    content (`inputs`): by hash, never by time alone;
 * 3. the project's folder has the same source files, and those that name the workflow language have
 *    the same content (`tree`). Others may change: all that they could do is to begin to name it,
 *    and size and time are enough to see that.
 * A cache that cannot be read or is of another version is no cache. It is written whole or not.
 */
interface Stored {
  readonly key: string;
  readonly inputs: Readonly<Record<string, string | null>>;
  readonly tree: Readonly<Record<string, TreeFile>>;
  readonly analysed: Analysed;
}

const FILE = "raftoral-lint.cache.json";
/** Say which packages are installed, and so what their types are. */
const PACKAGE_FILES = [
  "package.json",
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
  "node_modules/.package-lock.json",
  "node_modules/.modules.yaml",
  "node_modules/.yarn-state.yml",
];

/** The kept analysis, or undefined when anything that it depends on has changed. */
export function readCache(folder: string, request: AnalysisRequest): Analysed | undefined {
  const stored = storedIn(folder);
  if (stored?.key !== keyOf(request)) return undefined;
  const isSame = ([path, hash]: readonly [string, string | null]): boolean => hashOf(path) === hash;
  if (!Object.entries(stored.inputs).every(isSame)) return undefined;
  const known = new Map(Object.entries(stored.tree));
  const directory = dirname(request.project);
  const tree = readTree(directory, known);
  return tree !== undefined && isSameTree(known, tree) ? stored.analysed : undefined;
}

/** Keeps an analysis, unless a file was changed while it ran: then nobody knows what was read. */
export function writeCache(folder: string, request: AnalysisRequest, kept: Kept): void {
  const directory = dirname(request.project);
  const { analysis, configFiles } = kept.analysed;
  const read = analysis.files.map((file) => resolve(directory, file));
  const inputs = [
    ...new Set([...read, ...configFiles, request.project, ...packageFiles(directory)]),
  ];
  if (inputs.some((path) => changedAt(path) >= kept.startedAtMs)) return;
  const stored: Stored = {
    key: keyOf(request),
    inputs: Object.fromEntries(inputs.map((path) => [path, hashOf(path)])),
    tree: Object.fromEntries(kept.tree),
    analysed: kept.analysed,
  };
  const unfinished = join(folder, `${FILE}.${process.pid}`);
  writeText(unfinished, JSON.stringify(stored));
  renameSync(unfinished, join(folder, FILE));
}

export interface Kept {
  readonly analysed: Analysed;
  /** As it was before the analysis began. */
  readonly tree: Tree;
  /** When it began, in milliseconds of the epoch. */
  readonly startedAtMs: number;
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function isSameTree(known: Tree, tree: Tree): boolean {
  if (known.size !== tree.size) return false;
  return [...tree].every(([name, file]) => {
    const before = known.get(name);
    return before !== undefined && before.hash === file.hash;
  });
}

function packageFiles(directory: string): readonly string[] {
  const own = PACKAGE_FILES.map((name) => join(directory, name));
  const above = dirname(directory);
  return above === directory ? own : [...own, ...packageFiles(above)];
}

function keyOf(request: AnalysisRequest): string {
  const versions = [packageVersion(), BUNDLED_TYPESCRIPT, process.version];
  return sha256(JSON.stringify([versions, request]));
}

/** `null` for a file that is not there: its coming is a change too. */
function hashOf(path: string): string | null {
  try {
    return sha256(readFileSync(path));
  } catch {
    return null;
  }
}

function storedIn(folder: string): Stored | null | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, FILE), "utf8"));
  } catch {
    return undefined;
  }
}
