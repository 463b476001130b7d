import type { Format } from "./output.ts";

/** The report itself: schema 1, in `schemas/lint-report.schema.json`. Files as in the report. */
export const json: Format = (report) => {
  const workflows = report.workflows.map((workflow) => ({
    ...workflow,
    // A version that cannot be read is said to be absent, not left out.
    version: workflow.version ?? null,
  }));
  return `${JSON.stringify({ ...report, workflows }, undefined, 2)}\n`;
};
