import { invalid, isLevel } from "./config/check.ts";
import type { Level } from "./config/config.ts";
import type { LintOptions } from "./config/settings.ts";

/** The words of the command line, as the parser leaves them. */
export interface LintFlags {
  readonly paths: readonly string[];
  readonly project?: string;
  readonly format?: string;
  readonly output?: string;
  readonly failOn?: string;
  readonly maxWarnings?: string;
  readonly rule?: readonly string[];
  readonly declare?: readonly string[];
  readonly trustExternals?: boolean;
  readonly fix?: boolean;
  readonly fixDryRun?: boolean;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly pruneBaseline?: boolean;
  readonly reportUnusedSuppressions?: string;
  readonly workflow?: string;
  readonly listWorkflows?: boolean;
  readonly graph?: string;
  readonly explain?: string;
  readonly stats?: boolean;
  readonly cache?: string;
  readonly watch?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
  readonly fingerprints?: string;
}

/** The options that flags stand for. Throws `lint-config-invalid` for words that mean nothing. */
export function optionsOf(flags: LintFlags): LintOptions {
  const { project, workflow, baseline, fingerprints, cache } = flags;
  const words = { project, workflow, baseline, fingerprints, cache };
  return {
    paths: flags.paths,
    ...Object.fromEntries(Object.entries(words).filter(([, word]) => word !== undefined)),
    ...(flags.failOn === undefined ? {} : { failOn: failOn(flags.failOn) }),
    ...(flags.maxWarnings === undefined ? {} : { maxWarnings: count(flags.maxWarnings) }),
    ...(flags.rule === undefined ? {} : { rules: Object.fromEntries(flags.rule.map(rule)) }),
    ...(flags.declare === undefined
      ? {}
      : { declare: Object.fromEntries(flags.declare.map((word) => pair("--declare", word))) }),
    ...(flags.trustExternals === undefined ? {} : { trustExternals: flags.trustExternals }),
    ...(flags.reportUnusedSuppressions === undefined
      ? {}
      : { reportUnusedSuppressions: unused(flags.reportUnusedSuppressions) }),
  };
}

function failOn(word: string): "error" | "warn" {
  if (word === "error" || word === "warn") return word;
  throw invalid(`--fail-on is error or warn, not ${word}`);
}

function unused(word: string): "error" | "warn" | "off" {
  if (word === "error" || word === "warn" || word === "off") return word;
  throw invalid(`--report-unused-suppressions is error, warn or off, not ${word}`);
}

function count(word: string): number {
  if (/^\d+$/.test(word)) return Number(word);
  throw invalid(`--max-warnings takes a whole number, not ${word}`);
}

function rule(word: string): readonly [string, Level] {
  const [id, level] = pair("--rule", word);
  if (isLevel(level)) return [id, level];
  throw invalid(`--rule ${word}: the level is error, warn, info or off`);
}

function pair(flag: string, word: string): readonly [string, string] {
  const at = word.lastIndexOf("=");
  if (at < 1) throw invalid(`${flag} takes NAME=VALUE, not ${word}`);
  return [word.slice(0, at), word.slice(at + 1)];
}
