import { RaftoralError } from "../src/errors.ts";

/** What the determinism linter will be asked to check. */
export interface LintOptions {
  /** The tsconfig.json of the project whose workflows are checked. */
  readonly project: string;
}

/** Not there yet: says so by a stable code, so that a caller can tell it from a finding. */
export function lint(_options: LintOptions): never {
  throw new RaftoralError(
    "lint-not-available",
    "the determinism linter arrives with a later version of raftoral; " +
      "until then a workflow that is not deterministic is caught when it is replayed",
  );
}
