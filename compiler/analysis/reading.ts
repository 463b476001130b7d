import type { ts } from "ts-morph";
import type { Edge } from "../finding.ts";
import type { RuleContext } from "./facts.ts";
import type { Activation } from "./value.ts";

/** One piece of code being read: where it was called from, and where what is found goes. */
export interface Reading extends RuleContext {
  readonly link: (to: Activation, node: ts.Node, edge: Edge) => void;
  /** Reads a part of the same code. */
  readonly visit: (node: ts.Node) => void;
}
