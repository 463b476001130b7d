import type { Finding, LintedWorkflow } from "../finding.ts";
import { workflowLabel } from "./report.ts";

/** What each version of each workflow looked like when it was first linted. */
export interface Fingerprints {
  readonly schemaVersion: 1;
  /** By `name@version`. */
  readonly workflows: Readonly<Record<string, string>>;
}

export const NO_FINGERPRINTS: Fingerprints = { schemaVersion: 1, workflows: {} };

/** Bodies that are not what they were, under the same version: RD304. */
export function changedBodies(
  workflows: readonly LintedWorkflow[],
  known: Fingerprints,
): readonly Finding[] {
  return workflows.flatMap((workflow) => {
    const label = workflowLabel(workflow);
    const before = known.workflows[label];
    const isSame = before === undefined || workflow.fingerprint === before;
    return isSame || !isKept(workflow) ? [] : [changed(workflow, label)];
  });
}

/** With what is new added. What is gone stays: runs of it may still be under way elsewhere. */
export function withNewBodies(
  known: Fingerprints,
  workflows: readonly LintedWorkflow[],
): Fingerprints {
  const now = workflows
    .filter(isKept)
    .map((workflow) => [workflowLabel(workflow), workflow.fingerprint] as const);
  const merged = { ...Object.fromEntries(now), ...known.workflows };
  const sorted = Object.entries(merged).sort(([a], [b]) => (a < b ? -1 : 1));
  return { schemaVersion: 1, workflows: Object.fromEntries(sorted) };
}

/** Without a version or a body there is nothing to hold it against. */
function isKept({ version, fingerprint }: LintedWorkflow): boolean {
  return version !== undefined && fingerprint !== "";
}

function changed({ file, line, version }: LintedWorkflow, label: string): Finding {
  return {
    ruleId: "RD304",
    category: "version-fingerprint",
    severity: "error",
    message: `the body of ${label} is not what it was when it was recorded`,
    file,
    range: { line, col: 1, endLine: line, endCol: 1 },
    workflows: [label],
    trace: [],
    help: `version: ${(version ?? 0) + 1}, and keep the old definition while it has runs`,
    fingerprint: `RD304:${label}`,
  };
}
