import { RaftoralError } from "../../src/errors.ts";
import { LEVELS, type Level, type LintConfig } from "./config.ts";
import { nearest } from "./nearest.ts";

/** The words that a configuration may use: rules' ids and their categories. */
export interface Vocabulary {
  readonly ruleIds: readonly string[];
  readonly categories: readonly string[];
}

type Check = (value: unknown, at: string, words: Vocabulary) => void;

const CHECKS: Readonly<Record<keyof LintConfig | "$schema", Check>> = {
  $schema: text,
  project: text,
  rules: (value, at, words) => {
    for (const [id, level] of entries(value, at)) {
      if (!words.ruleIds.includes(id)) throw unknownWord(`${at}: no rule`, id, words.ruleIds);
      oneOf(LEVELS)(level, `${at}.${id}`, words);
    }
  },
  declare: (value, at, words) => {
    for (const [name, worth] of entries(value, at)) {
      if (!DECLARED.test(name)) throw invalid(`${at}: "${name}" is none of ${DECLARED_FORMS}`);
      oneOf(["clean", ...words.categories])(worth, `${at}["${name}"]`, words);
    }
  },
  trustExternals: (value, at) => {
    if (typeof value !== "boolean") throw invalid(`${at} must be true or false`);
  },
  failOn: oneOf(["error", "warn"]),
  maxWarnings: (value, at) => {
    const isCount = typeof value === "number" && Number.isInteger(value) && value >= 0;
    if (!isCount) throw invalid(`${at} must be a whole number, 0 or more`);
  },
  baseline: text,
  reportUnusedSuppressions: oneOf(["error", "warn", "off"]),
  fingerprints: text,
  cache: text,
};

const DECLARED = /^(?:npm:(?:@[^/\s#]+\/)?[^\s#]+(?:#[^\s#]+)?|[^\s#:]+#[^\s#]+)$/;
const DECLARED_FORMS = `"npm:package", "npm:package#name", "src/file.ts#name"`;

/** Throws `lint-config-invalid` for whatever the linter does not know; `at` names the source. */
export function checkConfig(
  value: unknown,
  at: string,
  words: Vocabulary,
): asserts value is LintConfig {
  const known = Object.keys(CHECKS);
  for (const [key, inner] of entries(value, at)) {
    const check = Object.entries(CHECKS).find(([name]) => name === key)?.[1];
    if (check === undefined) throw unknownWord(`${at}: unknown key`, key, known);
    check(inner, `${at}: ${key}`, words);
  }
}

export function isLevel(word: string): word is Level {
  return LEVELS.some((level) => level === word);
}

export function invalid(message: string): RaftoralError {
  return new RaftoralError("lint-config-invalid", message);
}

export function unknownWord(what: string, word: string, known: readonly string[]): RaftoralError {
  const guess = nearest(word, known);
  return invalid(`${what} "${word}"${guess === undefined ? "" : `; did you mean "${guess}"?`}`);
}

function entries(value: unknown, at: string): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(`${at} must be an object`);
  }
  return Object.entries(value);
}

function text(value: unknown, at: string): void {
  if (typeof value !== "string" || value === "") throw invalid(`${at} must be a text`);
}

function oneOf(allowed: readonly string[]): Check {
  return (value, at) => {
    if (typeof value === "string" && allowed.includes(value)) return;
    const given = JSON.stringify(value) ?? "nothing";
    const guess = typeof value === "string" ? nearest(value, allowed) : undefined;
    const hint = allowed.length > 6 ? `; did you mean "${guess ?? allowed[0]}"?` : "";
    const choice = allowed.length > 6 ? "a category or clean" : allowed.join(", ");
    throw invalid(`${at} must be one of: ${choice}; it is ${given}${hint}`);
  };
}
