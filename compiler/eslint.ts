import { ProjectCache } from "./eslint-plugin/project-cache.ts";
import { type EslintRule, ruleOf } from "./eslint-plugin/rule.ts";
import type { SyncAnalyser } from "./project/analysed.ts";
import { analysedNow } from "./project/analyser.ts";
import { packageVersion } from "./project/package-facts.ts";
import { DESCRIBED_RULES, RULE_FACTS } from "./rule-facts.ts";

export type {
  EslintContext,
  EslintFix,
  EslintFixer,
  EslintPlace,
  EslintProblem,
  EslintRule,
} from "./eslint-plugin/rule.ts";

/** What ESLint wants of a plugin; by its shape, so that ESLint need not be installed. */
export interface EslintPlugin {
  readonly meta: { readonly name: string; readonly version: string };
  /** One for each of the linter's rules, by id: `raftoral/RD101`. */
  readonly rules: Record<string, EslintRule>;
}

/** An element of a flat configuration. */
export interface EslintConfig {
  readonly name: string;
  readonly plugins: Record<string, EslintPlugin>;
  readonly rules: Record<string, "error" | "warn" | "off">;
}

/** A plugin of its own, with its own memory of projects, around an analysis. */
export function pluginAround(analyser: SyncAnalyser): EslintPlugin {
  const projects = new ProjectCache(analyser);
  const rules = [...DESCRIBED_RULES].map(([id, rule]) => [id, ruleOf(id, rule, projects)] as const);
  return {
    meta: { name: "raftoral", version: packageVersion() },
    rules: Object.fromEntries(rules),
  };
}

/** The plugin, for `plugins: { raftoral: plugin }`. */
export const plugin: EslintPlugin = pluginAround(analysedNow);

/** All rules with their own severities; hints, which ESLint does not have, are off. */
export const recommended: EslintConfig = {
  name: "raftoral/recommended",
  plugins: { raftoral: plugin },
  rules: Object.fromEntries(
    [...RULE_FACTS].map(([id, { severity }]) => {
      return [`raftoral/${id}`, severity === "info" ? "off" : severity];
    }),
  ),
};
