import type { Vocabulary } from "./config/check.ts";
import type { Severity } from "./finding.ts";
import type { DescribedRule } from "./format/output.ts";
import type { RuleFacts } from "./report/assemble.ts";

/** Where the page of a rule is read: the published package carries them. */
export const docsUrl = (ruleId: string): string =>
  `https://unpkg.com/raftoral/docs/rules/${ruleId}.md`;

const TABLE: readonly (readonly [string, string, Severity | "off", string])[] = [
  ["RD101", "time", "error", "The body reads the clock."],
  ["RD102", "random", "error", "The body takes chance from the platform."],
  ["RD103", "timer", "error", "The body sets a timer of the platform."],
  ["RD104", "io", "error", "The body reaches files, the network or processes."],
  ["RD105", "env", "error", "The body reads what differs from host to host."],
  ["RD106", "async", "error", "The body makes or awaits a promise."],
  ["RD107", "global-state", "error", "The body reads or writes state of a module."],
  ["RD108", "locale", "error", "The body depends on the host's locale or time zone."],
  ["RD109", "error-stack", "warn", "The body reads a stack trace."],
  ["RD110", "gc", "error", "The body depends on the garbage collector."],
  ["RD111", "logging", "warn", "The body logs by the platform."],
  ["RD112", "dynamic-code", "error", "The body makes or loads code."],
  ["RD113", "concurrency", "error", "The body shares memory or talks to threads."],
  ["RD120", "unverified-call", "warn", "A call leads where nothing can be read."],
  ["RD121", "unresolved-call", "info", "A call has too many possible targets."],
  ["RD201", "floating-effect", "error", "An effect is made and never asked for."],
  ["RD202", "plain-yield", "error", "An effect is asked for by yield."],
  ["RD204", "nested-effect", "error", "An effect inside of an effect's body."],
  ["RD205", "closure-mutation", "error", "An effect's body changes the workflow's variables."],
  ["RD206", "duplicate-key", "off", "Two effects have one name."],
  ["RD207", "unstable-key", "error", "An effect's name is not the same everywhere."],
  ["RD208", "swallow", "warn", "A catch swallows what the engine throws."],
  ["RD209", "finally-effect", "info", "An effect in finally."],
  ["RD210", "generator-reuse", "warn", "A generator is delegated to twice."],
  ["RD212", "unbounded-loop", "warn", "A loop of effects has no end."],
  ["RD301", "non-serializable", "error", "A value cannot be recorded."],
  ["RD303", "version-literal", "error", "A version that cannot be read, or is given twice."],
  ["RD304", "version-fingerprint", "error", "A body changed and its version did not."],
  ["RD305", "dynamic-registration", "info", "A workflow whose body cannot be found."],
  ["RD900", "internal", "error", "The linter failed at a workflow."],
  ["RD901", "unused-allow", "error", "A comment allows nothing."],
  ["RD902", "reasonless-allow", "error", "A comment allows without a reason."],
  ["RD903", "stale-baseline", "error", "The baseline has what is no longer found."],
];

export const RULE_FACTS: ReadonlyMap<string, RuleFacts> = new Map(
  TABLE.map(([id, category, severity]) => [id, { category, severity, docs: docsUrl(id) }]),
);

export const DESCRIBED_RULES: ReadonlyMap<string, DescribedRule> = new Map(
  TABLE.map(([id, slug, , summary]) => [id, { slug, summary, docs: docsUrl(id) }]),
);

export const WORDS: Vocabulary = {
  ruleIds: [...RULE_FACTS.keys()],
  categories: TABLE.map(([, category]) => category),
};
