import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { type LintSettings, settingsOf } from "../config/settings.ts";
import type { Edit, Range } from "../finding.ts";
import type { SyncAnalyser } from "../project/analysed.ts";
import { namesLanguage } from "../project/tree.ts";
import { assemble } from "../report/assemble.ts";
import { counts, type ReportedFinding } from "../report/report.ts";
import { WORDS } from "../rule-facts.ts";
import { reportSettings, requestOf } from "../run.ts";

/** For so long the other files of a project are taken for unchanged: one look at all of them. */
const FRESH_MS = 1_000;

/** The file that is linted, as the host has it. */
export interface LintedFile {
  readonly filename: string;
  readonly cwd: string;
  /** The tsconfig.json, relative to `cwd`; absent: the nearest one above the file. */
  readonly project: string | undefined;
  readonly text: string;
}

export interface Problem {
  readonly message: string;
  readonly range: Range;
  /** Safe, and all in this file. */
  readonly edits?: readonly Edit[];
}

interface Project {
  readonly settings: LintSettings;
  readonly findings: readonly ReportedFinding[];
  /** Absolute path of what was read -> size and time. */
  readonly stamps: ReadonlyMap<string, string>;
  readonly analysedAtMs: number;
  lookedAtMs: number;
}

/**
 * One analysis a project, for all rules and all files, until a file changes on disk. The host may
 * have another text than the disk: an editor's buffer, or ESLint's between two fixes. Then problems
 * are told where their line still stands as it was; those whose line changed wait for the save.
 */
export class ProjectCache {
  readonly #analyser: SyncAnalyser;
  readonly #projects = new Map<string, Project>();

  constructor(analyser: SyncAnalyser) {
    this.#analyser = analyser;
  }

  /** Throws `lint-config-invalid` if the project's configuration is wrong. */
  problemsOf(file: LintedFile, ruleId: string): readonly Problem[] {
    const tsconfig = projectOf(file);
    if (tsconfig === undefined) return [];
    const { findings, settings } = this.#projectAt(tsconfig, file);
    const name = relative(settings.projectDirectory, file.filename).split(sep).join("/");
    const saved = textOf(file.filename);
    return findings
      .filter((finding) => finding.ruleId === ruleId && counts(finding))
      .flatMap((finding) => problemsIn(name, finding))
      .flatMap((problem) => placed(problem, saved, file.text));
  }

  #projectAt(tsconfig: string, file: LintedFile): Project {
    const known = this.#projects.get(tsconfig);
    if (known !== undefined && isFresh(known, file)) return known;
    const project = this.#analysed(tsconfig);
    this.#projects.set(tsconfig, project);
    return project;
  }

  #analysed(tsconfig: string): Project {
    const analysedAtMs = performance.timeOrigin + performance.now();
    const settings = settingsOf({ project: tsconfig }, WORDS);
    const { analysis, allows, configFiles } = this.#analyser(requestOf(settings));
    const { findings } = assemble(analysis, allows, reportSettings(settings));
    const read = analysis.files.map((name) => resolve(settings.projectDirectory, name));
    const own = settings.configFile === undefined ? [] : [settings.configFile];
    const paths = [...read, ...configFiles, ...own];
    const stamps = new Map(paths.map((path) => [path, stampOf(path)]));
    return { settings, findings, stamps, analysedAtMs, lookedAtMs: performance.now() };
  }
}

function isFresh(project: Project, file: LintedFile): boolean {
  const stamp = project.stamps.get(file.filename);
  if (stamp !== undefined && stamp !== stampOf(file.filename)) return false;
  if (stamp === undefined && isNewWorkflow(project, file)) return false;
  if (performance.now() - project.lookedAtMs < FRESH_MS) return true;
  project.lookedAtMs = performance.now();
  return [...project.stamps].every(([path, before]) => stampOf(path) === before);
}

/** A file that the analysis did not read, and that may have come to hold a workflow since. */
function isNewWorkflow({ analysedAtMs }: Project, { filename, text }: LintedFile): boolean {
  const changedAtMs = statSync(filename, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return changedAtMs > analysedAtMs && namesLanguage(text);
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "gone" : `${stat.size} ${stat.mtimeMs}`;
}

function projectOf({ filename, cwd, project }: LintedFile): string | undefined {
  if (project !== undefined) return resolve(cwd, project);
  for (let folder = dirname(filename); ; folder = dirname(folder)) {
    const candidate = join(folder, "tsconfig.json");
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}

/** At the sink; if that is in another file, at the call in the body that leads to it. */
function problemsIn(name: string, finding: ReportedFinding): readonly Problem[] {
  const { file, range, message, trace, help, fix } = finding;
  const told = help === undefined ? message : `${message}. ${help}`;
  if (file === name) {
    const isHere = fix?.every((edit) => edit.file === name) ?? false;
    return [{ message: told, range, ...(isHere && fix !== undefined ? { edits: fix } : {}) }];
  }
  const [body] = trace;
  if (body?.file !== name) return [];
  return [{ message: `${told} (at ${file}:${range.line})`, range: body.range }];
}

function placed(problem: Problem, saved: string | undefined, text: string): readonly Problem[] {
  if (saved === undefined || saved === text) return [problem];
  const { range, message } = problem;
  const line = saved.split("\n")[range.line - 1];
  const lines = text.split("\n");
  const moves = lines.flatMap((other, i) => (other === line ? [i + 1 - range.line] : []));
  const [move] = moves.sort((a, b) => Math.abs(a) - Math.abs(b));
  if (move === undefined) return [];
  const moved = { ...range, line: range.line + move, endLine: range.endLine + move };
  return [{ message, range: moved }];
}

/** As ESLint has it: without a byte order mark. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch {
    return undefined;
  }
}
