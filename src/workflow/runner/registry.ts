import { RaftoralError } from "../../errors.ts";
import type { AnyWorkflow } from "../dsl/define.ts";
import { catalogueKey } from "../machine/state.ts";

/** The workflows that this process can run, by `name@version`. */
export class Registry {
  readonly #byKey = new Map<string, AnyWorkflow>();

  /** @throws RaftoralError `invalid-argument` when two share name and version. */
  constructor(workflows: readonly AnyWorkflow[]) {
    for (const workflow of workflows) {
      const key = catalogueKey(workflow.name, workflow.version);
      if (this.#byKey.has(key)) {
        throw new RaftoralError("invalid-argument", `two workflows are registered as ${key}`);
      }
      this.#byKey.set(key, workflow);
    }
  }

  get(name: string, version: number): AnyWorkflow | undefined {
    return this.#byKey.get(catalogueKey(name, version));
  }

  /** `name@version`, sorted: what this process announces. */
  catalogue(): readonly string[] {
    return [...this.#byKey.keys()].sort();
  }
}
