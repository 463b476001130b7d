import type { Analysis, CallEdge } from "./finding.ts";

/** The calls that workflows reach, for Graphviz. Functions where something was found are red. */
export function graphDot(analysis: Analysis): string {
  const found = new Set(analysis.findings.flatMap(({ trace }) => trace.map(symbolOf)));
  const nodes = [...new Set(analysis.calls.flatMap(({ from, to }) => [from, to]))].sort();
  const lines = [
    "digraph workflows {",
    `  rankdir="LR";`,
    `  node [shape="box", fontname="sans-serif"];`,
    ...nodes.map((node) => `  ${quoted(node)}${found.has(node) ? ` [color="red"]` : ""};`),
    ...analysis.calls.map(arrow),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

function symbolOf({ file, symbol }: { readonly file: string; readonly symbol: string }): string {
  return `${file}#${symbol}`;
}

function arrow({ from, to, edge }: CallEdge): string {
  const label = edge === "call" ? "" : ` [label=${quoted(edge)}]`;
  return `  ${quoted(from)} -> ${quoted(to)}${label};`;
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
