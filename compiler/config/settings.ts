import { existsSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import process from "node:process";
import { checkConfig, invalid, type Vocabulary } from "./check.ts";
import type { Level, LintConfig } from "./config.ts";
import { loadConfig } from "./load.ts";

/**
 * What to lint and how. Whatever is absent is taken from `raftoral-lint.json` (or the key
 * `raftoral` of a package.json) at or above the project, and else has the default said there.
 */
export interface LintOptions extends LintConfig {
  /** Where relative paths begin. Default: the process's working directory. */
  readonly directory?: string;
  /** Keep findings that touch these files or folders alone. Default: the whole project. */
  readonly paths?: readonly string[];
  /** Keep findings of this workflow alone: `checkout` or `checkout@3`. */
  readonly workflow?: string;
}

/** The options with the configuration under them; files are absolute. */
export interface LintSettings {
  readonly directory: string;
  /** The tsconfig.json. */
  readonly project: string;
  /** Its folder: files of the report are relative to it. */
  readonly projectDirectory: string;
  readonly configFile: string | undefined;
  readonly severities: ReadonlyMap<string, Level>;
  readonly declare: Readonly<Record<string, string>>;
  readonly trustExternals: boolean;
  readonly failOn: "error" | "warn";
  readonly maxWarnings: number;
  readonly baseline: string | undefined;
  readonly fingerprints: string | undefined;
  readonly cache: string | undefined;
  readonly workflow: string | undefined;
  /** Relative to the project's folder. */
  readonly paths: readonly string[];
}

/** Throws `lint-config-invalid` for what cannot be carried out, naming the place. */
export function settingsOf(options: LintOptions, words: Vocabulary): LintSettings {
  const directory = resolve(options.directory ?? process.cwd());
  const { directory: _directory, paths: wanted = [], workflow, ...overrides } = options;
  checkConfig(overrides, "options", words);
  const start =
    options.project === undefined
      ? directory
      : dirname(projectFile(resolve(directory, options.project)));
  const found = loadConfig(start, words);
  const said = { ...found.config, ...defined(overrides) };
  const pathOf = (key: "project" | "baseline" | "fingerprints" | "cache"): string | undefined => {
    const own = options[key];
    if (own !== undefined) return resolve(directory, own);
    const shared = found.config[key];
    return shared === undefined ? undefined : resolve(found.directory, shared);
  };
  const project = projectFile(pathOf("project") ?? join(directory, "tsconfig.json"));
  const projectDirectory = dirname(project);
  const rules = { ...found.config.rules, ...options.rules };
  const unused = said.reportUnusedSuppressions;
  return {
    directory,
    project,
    projectDirectory,
    configFile: found.file,
    severities: new Map([
      ...(unused === undefined ? [] : ([["RD901", unused]] as const)),
      ...Object.entries(rules),
    ]),
    declare: { ...found.config.declare, ...options.declare },
    trustExternals: said.trustExternals ?? false,
    failOn: said.failOn ?? "error",
    maxWarnings: said.maxWarnings ?? Number.POSITIVE_INFINITY,
    baseline: pathOf("baseline"),
    fingerprints: pathOf("fingerprints"),
    cache: pathOf("cache"),
    workflow,
    paths: wanted.map((path) => projectPath(resolve(directory, path), projectDirectory)),
  };
}

/** A folder stands for the tsconfig.json in it, as it does for tsc. */
function projectFile(path: string): string {
  const file =
    existsSync(path) && statSync(path).isDirectory() ? join(path, "tsconfig.json") : path;
  if (existsSync(file)) return file;
  throw invalid(`there is no ${file}: name the project with -p path/to/tsconfig.json`);
}

function projectPath(path: string, projectDirectory: string): string {
  if (!existsSync(path)) throw invalid(`there is no ${path}`);
  return relative(projectDirectory, path).split(sep).join("/");
}

function defined(config: LintConfig): LintConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}
