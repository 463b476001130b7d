import type { ts } from "ts-morph";
import type { Site } from "../analysis/summary.ts";

/** RD120: nothing but a type is known of what is called. */
export function unverifiedSite(node: ts.Node, symbol: string): Site {
  return {
    ruleId: "RD120",
    node,
    symbol,
    message: `${symbol} cannot be read: nobody knows whether it is deterministic`,
    help: 'yield* compute("name", () => …), or say what it is by "declare" in the configuration',
    isLocal: false,
  };
}

/** RD121: what is called is decided by a value, and too many, or none, are in sight. */
export function unresolvedSite(node: ts.Node, symbol: string): Site {
  return {
    ruleId: "RD121",
    node,
    symbol,
    message: `${symbol} has too many possible targets, or none in sight`,
    help: "call the function by its name, or keep the choices in one const object",
    isLocal: false,
  };
}
