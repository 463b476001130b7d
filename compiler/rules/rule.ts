// What a rule is given, and what it says.

import type { ts } from "ts-morph";
import type { Catalog } from "../analysis/catalog/catalog.ts";
import type { Effects } from "../analysis/effects.ts";
import type { ModuleState } from "../analysis/module-state.ts";
import type { CodeNode, Resolver } from "../analysis/resolve.ts";
import type { Sink } from "../analysis/summary.ts";
import type { World } from "../analysis/world.ts";

export interface RuleContext {
  readonly world: World;
  readonly resolver: Resolver;
  readonly effects: Effects;
  readonly state: ModuleState;
  readonly catalog: Catalog;
  /** The function, or other code, that is looked at. */
  readonly code: CodeNode;
  /** It is the workflow's own `run`. */
  readonly isBody: boolean;
  say(sink: Sink): void;
}

/** Looks at one node of code that belongs to a workflow; effect bodies are left out. */
export type Rule = (node: ts.Node, context: RuleContext) => void;
