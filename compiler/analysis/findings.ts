// From what was reached to what is found: places, traces, severities, fixes.

import { ts } from "ts-morph";
import type { Edit, Finding, Frame, Range, Severity, SinkKind } from "../finding.ts";
import { sha256 } from "../project/hash.ts";
import { RULE_FACTS } from "../rule-facts.ts";
import { codeName } from "./code-name.ts";
import type { Effects } from "./effects.ts";
import { relativeTo } from "./load.ts";
import type { Hop, Reached } from "./reach.ts";
import { type Root, rootLabel } from "./roots.ts";
import { isJust, sinkKindOf } from "./sink-kind.ts";
import type { Sink } from "./summary.ts";
import { bare } from "./syntax.ts";

/** Values whose use decides how bad they are. */
const VALUES: ReadonlySet<string> = new Set(["RD101", "RD102", "RD105", "RD108"]);

export interface FindingParts {
  readonly directory: string;
  readonly effects: Effects;
}

/** Once per sink and place in the body from which it is come to. */
export function findingsOf(
  root: Root,
  reached: readonly Reached[],
  parts: FindingParts,
): readonly Finding[] {
  const seen = new Set<string>();
  return reached.flatMap(({ sink, hop }) => {
    const first = firstPlace(sink, hop);
    const key = `${sink.ruleId} ${placeKey(sink.node)} ${placeKey(first)}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [findingOf(root, { sink, hop }, first, parts)];
  });
}

function findingOf(
  root: Root,
  { sink, hop }: Reached,
  first: ts.Node,
  { directory, effects }: FindingParts,
): Finding {
  const label = rootLabel(root);
  const trace = traceOf(sink, hop, directory);
  const kind = kindOf(sink, first, effects);
  const payload = kind === "payload" ? recordedBy(first, effects) : undefined;
  const severity = severityOf(sink, payload !== undefined);
  const fix = editsOf(sink, payload, directory);
  const symbols = trace.map(({ symbol }) => symbol).join(">");
  const category = RULE_FACTS.get(sink.ruleId)?.category ?? "internal";
  return {
    ruleId: sink.ruleId,
    category,
    severity,
    message: sink.message,
    file: relativeTo(directory, sink.node.getSourceFile().fileName),
    range: rangeOf(sink.node),
    workflows: [label],
    trace,
    ...(kind === undefined ? {} : { sinkKind: kind }),
    ...(fix.length === 0 ? {} : { fix }),
    ...(sink.help === undefined ? {} : { help: sink.help }),
    fingerprint: sha256(`${sink.ruleId} ${label} ${symbols}`).slice(0, 32),
  };
}

/** The place in the body: the first hop out of it, or the sink itself. */
function firstPlace(sink: Sink, hop: Hop): ts.Node {
  let place: ts.Node = sink.node;
  for (let at: Hop | undefined = hop; at?.at !== undefined; at = at.before) place = at.at;
  return place;
}

/** From the body to the sink: each frame is where its code leads on. */
function traceOf(sink: Sink, hop: Hop, directory: string): readonly Frame[] {
  const hops: Hop[] = [];
  for (let at: Hop | undefined = hop; at !== undefined; at = at.before) hops.unshift(at);
  const frames = hops.map((one, i): Frame => {
    const onward = hops[i + 1]?.at ?? sink.node;
    return {
      symbol: codeName(one.code),
      file: relativeTo(directory, onward.getSourceFile().fileName),
      range: rangeOf(onward),
      edge: one.edge,
    };
  });
  const file = relativeTo(directory, sink.node.getSourceFile().fileName);
  return [...frames, { symbol: sink.symbol, file, range: rangeOf(sink.node), edge: "sink" }];
}

function kindOf(sink: Sink, first: ts.Node, effects: Effects): SinkKind | undefined {
  if (sink.sinkKind !== undefined) return sink.sinkKind;
  if (!VALUES.has(sink.ruleId)) return;
  return sinkKindOf(first, (call) => effects.nameOf(call));
}

interface Payload {
  readonly call: ts.CallExpression;
  /** The value that is recorded, whole. */
  readonly value: ts.Expression;
  readonly isWhole: boolean;
}

/** The checkpoint or variable that records the value: what it recorded first is what counts. */
function recordedBy(first: ts.Node, effects: Effects): Payload | undefined {
  for (let child = first; child.parent !== undefined; child = child.parent) {
    const { parent } = child;
    if (!ts.isCallExpression(parent)) continue;
    const effect = effects.nameOf(parent);
    if (effect === undefined) continue;
    const value = parent.arguments[1];
    const isRecord = effect === "checkpoint" || effect === "variable" || effect === "log";
    if (!isRecord || value === undefined || value !== child) return;
    const made = ts.isCallExpression(first.parent) || ts.isNewExpression(first.parent);
    const whole = made && first.parent.expression === first ? first.parent : first;
    return {
      call: parent,
      value,
      isWhole: effect === "checkpoint" && isJust(value, whole),
    };
  }
  return;
}

function severityOf(sink: Sink, isRecorded: boolean): Severity {
  if (isRecorded) return "warn";
  const own = RULE_FACTS.get(sink.ruleId)?.severity ?? "error";
  return sink.severity ?? (own === "off" ? "info" : own);
}

function editsOf(sink: Sink, payload: Payload | undefined, directory: string): readonly Edit[] {
  const own = (sink.fix ?? []).map(({ file, start, end, text }) => ({
    file: relativeTo(directory, file.fileName),
    start,
    end,
    text,
  }));
  if (payload?.isWhole !== true) return own;
  return [...own, ...toCompute(payload, directory)];
}

/** `checkpoint(k, bad)` → `compute(k, () => bad)`, and the import that it needs. */
function toCompute({ call, value }: Payload, directory: string): readonly Edit[] {
  const source = call.getSourceFile();
  const file = relativeTo(directory, source.fileName);
  const callee = bare(call.expression);
  if (!ts.isIdentifier(callee)) return [];
  const at = value.getStart();
  const edits: Edit[] = [
    { file, start: callee.getStart(), end: callee.getEnd(), text: "compute" },
    { file, start: at, end: at, text: "() => " },
  ];
  if (/\bcompute\b/.test(importsOf(source))) return edits;
  const specifier = namedImport(source, callee.text);
  if (specifier === undefined) return [];
  const start = specifier.getStart();
  return [...edits, { file, start, end: start, text: "compute, " }];
}

const importsOf = (source: ts.SourceFile): string =>
  source.statements
    .filter((one) => ts.isImportDeclaration(one))
    .map((one) => one.getText())
    .join("\n");

function namedImport(source: ts.SourceFile, name: string): ts.ImportSpecifier | undefined {
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
    const found = bindings.elements.find((one) => one.name.text === name);
    if (found !== undefined) return found;
  }
  return;
}

const placeKey = (node: ts.Node): string =>
  `${node.getSourceFile().fileName}:${node.pos}-${node.end}`;

export function rangeOf(node: ts.Node): Range {
  const source = node.getSourceFile();
  const start = source.getLineAndCharacterOfPosition(node.getStart());
  const end = source.getLineAndCharacterOfPosition(node.getEnd());
  return {
    line: start.line + 1,
    col: start.character + 1,
    endLine: end.line + 1,
    endCol: end.character + 1,
  };
}
