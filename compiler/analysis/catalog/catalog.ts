// One question: what is known of this name?

import { codeName } from "../code-name.ts";
import type { External } from "../external.ts";
import { relativeTo } from "../load.ts";
import type { CodeNode } from "../resolve.ts";
import type { World } from "../world.ts";
import { indexOf, isVerdict, type ModuleEntry, memberVerdict, type Verdict } from "./entry.ts";
import { GLOBALS } from "./globals.ts";
import { NODE_MODULES } from "./node-modules.ts";
import { PACKAGES, SCOPES } from "./packages.ts";

export interface CatalogOptions {
  /** `npm:dayjs`, `npm:foo#now`, `src/x.ts#f` -> `clean` or a category. */
  readonly declare: Readonly<Record<string, string>>;
  /** What is unknown counts as clean. */
  readonly trustExternals: boolean;
}

export class Catalog {
  readonly #options: CatalogOptions;
  readonly #globals = indexOf(GLOBALS);
  readonly #indexes = new Map<string, ReadonlyMap<string, Verdict>>();

  constructor(options: CatalogOptions) {
    this.#options = options;
  }

  verdict({ module, member }: External): Verdict {
    if (module === undefined) return memberVerdict(this.#globals, member) ?? "clean";
    const declared = this.#declared(module, member);
    if (declared !== undefined) return declared;
    const verdict = this.#known(module, member);
    return verdict === "unknown" && this.#options.trustExternals ? "clean" : verdict;
  }

  /** The configuration vouches for an own function: `src/x.ts#f`. */
  isDeclaredClean(code: CodeNode, { project }: World): boolean {
    const file = relativeTo(project.directory, code.getSourceFile().fileName);
    return this.#options.declare[`${file}#${codeName(code)}`] === "clean";
  }

  #declared(module: string, member: string): Verdict | undefined {
    const { declare } = this.#options;
    const name = `npm:${module.replace(/^node:/, "")}`;
    return toVerdict(declare[`${name}#${member}`] ?? declare[name]);
  }

  #known(module: string, member: string): Verdict {
    const bareName = module.replace(/^node:/, "");
    const node = NODE_MODULES[bareName];
    if (node !== undefined) return this.#inModule(bareName, node, member);
    const packageName = /^(?:@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? module;
    const entry = PACKAGES[module] ?? PACKAGES[packageName];
    if (entry !== undefined) return this.#inModule(module, entry, member);
    return SCOPES.find(([scope]) => scope.test(module))?.[1] ?? "unknown";
  }

  #inModule(name: string, { rest, members }: ModuleEntry, member: string): Verdict {
    if (members === undefined) return rest;
    const index = this.#indexes.get(name) ?? indexOf(members);
    this.#indexes.set(name, index);
    return memberVerdict(index, member) ?? rest;
  }
}

function toVerdict(word: string | undefined): Verdict | undefined {
  return word !== undefined && isVerdict(word) ? word : undefined;
}
