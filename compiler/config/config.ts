import type { Severity } from "../finding.ts";

export type Level = Severity | "off";

export const LEVELS: readonly Level[] = ["error", "warn", "info", "off"];

/** What a `raftoral-lint.json`, or the key `raftoral` of a package.json, may say. */
export interface LintConfig {
  /** The tsconfig.json to check. Default: `tsconfig.json` where the command runs. */
  readonly project?: string;
  /** Severities that differ from the rules' own, by rule id. */
  readonly rules?: Readonly<Record<string, Level>>;
  /**
   * What calls are worth that cannot be read: `"npm:dayjs"`, `"npm:foo#now"` or `"src/x.ts#f"`, to
   * `"clean"` or a category (`"time"`).
   */
  readonly declare?: Readonly<Record<string, string>>;
  /** Take every call of a package that nobody knows for deterministic. Default false. */
  readonly trustExternals?: boolean;
  /** The least severity for which the command exits with 1. Default `error`. */
  readonly failOn?: "error" | "warn";
  /** More warnings than this exit with 1. Default: no limit. */
  readonly maxWarnings?: number;
  /** What was known before: findings in this file do not count. */
  readonly baseline?: string;
  /** How a comment is reported that allows nothing. Default `error`. */
  readonly reportUnusedSuppressions?: "error" | "warn" | "off";
  /** Where the bodies' fingerprints are kept (RD304). */
  readonly fingerprints?: string;
  /** Folder for what was found last time. */
  readonly cache?: string;
}
