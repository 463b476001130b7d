import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { lint, type ReportedFinding } from "raftoral/lint";

/** What a verdict is made of. */
export type Judgeable = Pick<ReportedFinding, "ruleId" | "category" | "file" | "range" | "trace">;

/** A case of a corpus, as its `manifest.json` has it. */
export interface CorpusItem {
  /** Relative to the corpus. */
  readonly file: string;
  readonly verdict: "bad" | "good";
  /** Slug of the rule that a bad case is about. */
  readonly category?: string;
  readonly line?: number;
  /** What stands in that line, for whoever reads the manifest. */
  readonly lineText?: string;
  readonly alsoAcceptLines?: readonly number[];
  /** Where the cause stands, if that is in another file. */
  readonly sink?: Place;
}

interface Place {
  readonly file: string;
  readonly line: number;
}

export interface Manifest {
  readonly items: readonly CorpusItem[];
}

/** What came of a case: a bad one is right when caught, a good one when clean. */
export interface CaseResult {
  readonly item: CorpusItem;
  readonly isRight: boolean;
  /** What was reported for this case's file, in short. */
  readonly reported: readonly string[];
}

export function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8"));
}

export interface RunOptions {
  /** The file that `raftoral` means. Default: what the corpus's tsconfig.json says. */
  readonly language?: string;
}

/** Lints a corpus, and says how each of its cases went. */
export async function runCorpus(
  directory: string,
  options: RunOptions = {},
): Promise<readonly CaseResult[]> {
  const { items } = readManifest(directory);
  const findings = await lintCorpus(directory, options);
  return items.map((item) => judged(item, findings));
}

/** Lints a corpus as one project. What it lacks is Node's types, and it gets those of this one. */
export async function lintCorpus(
  directory: string,
  { language }: RunOptions = {},
): Promise<readonly ReportedFinding[]> {
  const copy = mkdtempSync(join(tmpdir(), "raftoral-corpus-"));
  try {
    cpSync(directory, copy, { recursive: true });
    supplyTypes(copy);
    if (language !== undefined) useLanguage(copy, language);
    return (await lint({ project: join(copy, "tsconfig.json") })).findings;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function supplyTypes(directory: string): void {
  const types = join(directory, "node_modules/@types");
  mkdirSync(types, { recursive: true });
  const node = join(types, "node");
  if (!existsSync(node)) symlinkSync(resolve("node_modules/@types/node"), node);
}

function useLanguage(directory: string, language: string): void {
  const file = join(directory, "tsconfig.json");
  const config = JSON.parse(readFileSync(file, "utf8"));
  config.compilerOptions.paths.raftoral = [resolve(language)];
  writeFileSync(file, JSON.stringify(config));
}

export function judged(item: CorpusItem, findings: readonly Judgeable[]): CaseResult {
  const mine = findings.filter((finding) => touches(finding, item.file));
  const reported = mine.map(
    ({ ruleId, category, file, range }) => `${ruleId} ${category} ${file}:${range.line}`,
  );
  const isCaught = findings.some((finding) => isCatch(finding, item));
  return { item, isRight: item.verdict === "bad" ? isCaught : mine.length === 0, reported };
}

function touches({ file, trace }: Judgeable, wanted: string): boolean {
  return file === wanted || trace.some((frame) => frame.file === wanted);
}

function isCatch({ category, file, range, trace }: Judgeable, item: CorpusItem): boolean {
  if (category !== item.category) return false;
  const lines = [item.line, ...(item.alsoAcceptLines ?? [])];
  const isWanted = (place: Place): boolean =>
    (place.file === item.file && lines.includes(place.line)) ||
    (place.file === item.sink?.file && place.line === item.sink.line);
  const frames = trace.map((frame) => ({ file: frame.file, line: frame.range.line }));
  return [{ file, line: range.line }, ...frames].some(isWanted);
}

export interface Score {
  readonly caught: number;
  readonly bad: number;
  readonly clean: number;
  readonly good: number;
  /** Of the cases with findings of their category: the share that is bad. */
  readonly precision: number;
  /** Of the bad cases: the share that is caught. */
  readonly recall: number;
}

export function scoreOf(results: readonly CaseResult[]): Score {
  const of = (verdict: CorpusItem["verdict"]) =>
    results.filter(({ item }) => item.verdict === verdict);
  const bad = of("bad");
  const good = of("good");
  const caught = bad.filter(({ isRight }) => isRight).length;
  const clean = good.filter(({ isRight }) => isRight).length;
  const flagged = caught + good.length - clean;
  return {
    caught,
    bad: bad.length,
    clean,
    good: good.length,
    precision: flagged === 0 ? 1 : caught / flagged,
    recall: bad.length === 0 ? 1 : caught / bad.length,
  };
}
