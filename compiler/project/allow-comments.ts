import { ts } from "ts-morph";
import type { Allow } from "../report/allows.ts";

/** Text by which a file is known to be worth a look. */
export const ALLOW_WORD = "raftoral-allow";

const COMMENT = /^(?:\/\/|\/\*+)\s*raftoral-allow\b([^\n]*)/;
const RULE_LIST = /^\s+(RD\d+(?:\s*,\s*RD\d+)*)\s*(?::\s*(.*))?$/;

/** All `raftoral-allow` comments of a file. Those in strings and templates are mere text. */
export function allowComments(file: string, text: string): readonly Allow[] {
  if (!text.includes(ALLOW_WORD)) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return commentsOf(source).flatMap((range) => allowAt(source, range));
}

function commentsOf(source: ts.SourceFile): readonly ts.CommentRange[] {
  const text = source.text;
  const found = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node): void => {
    // A token's own trivia: what stands between the token before it and itself. JSX text has none.
    if (node.getChildCount(source) === 0) {
      const before = ts.getLeadingCommentRanges(text, node.pos) ?? [];
      const behind = ts.getTrailingCommentRanges(text, node.pos) ?? [];
      const isTrivia = (range: ts.CommentRange): boolean => range.pos < node.getStart(source);
      for (const range of [...before, ...behind].filter(isTrivia)) found.set(range.pos, range);
    }
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return [...found.values()].sort((a, b) => a.pos - b.pos);
}

function allowAt(source: ts.SourceFile, comment: ts.CommentRange): readonly Allow[] {
  const match = COMMENT.exec(source.text.slice(comment.pos, comment.end).replace(/\s*\*\/$/, ""));
  if (match === null) return [];
  const [, ids = "", reason = ""] = RULE_LIST.exec((match[1] ?? "").trimEnd()) ?? [];
  const start = source.getLineAndCharacterOfPosition(comment.pos);
  const end = source.getLineAndCharacterOfPosition(comment.end);
  const endCol = end.line === start.line ? end.character : lineText(source, start.line).length;
  return [
    {
      file: source.fileName,
      line: start.line + 1,
      col: start.character + 1,
      endCol: endCol + 1,
      ruleIds: ids === "" ? [] : ids.split(",").map((id) => id.trim()),
      reason: reason.trim(),
      ...linesOf(source, comment),
    },
  ];
}

/** The comment's own line if code stands before it, else the next line that has code. */
function linesOf(source: ts.SourceFile, comment: ts.CommentRange): Lines {
  const { line, character } = source.getLineAndCharacterOfPosition(comment.pos);
  const isBehindCode = lineText(source, line).slice(0, character).trim() !== "";
  if (isBehindCode) return { firstLine: line + 1, lastLine: line + 1 };
  const next = nextCode(source, comment.end);
  if (next === undefined) return { firstLine: line + 1, lastLine: line + 1 };
  const firstLine = source.getLineAndCharacterOfPosition(next).line + 1;
  const body = functionAt(source, next);
  if (body === undefined) return { firstLine, lastLine: firstLine };
  return { firstLine, lastLine: source.getLineAndCharacterOfPosition(body.end).line + 1 };
}

interface Lines {
  readonly firstLine: number;
  readonly lastLine: number;
}

function lineText(source: ts.SourceFile, line: number): string {
  const starts = source.getLineStarts();
  return source.text.slice(starts[line], starts[line + 1]).replace(/\r?\n$/, "");
}

function nextCode(source: ts.SourceFile, position: number): number | undefined {
  const blank = /^\s+/.exec(source.text.slice(position))?.[0].length ?? 0;
  const at = position + blank;
  const comment = (ts.getLeadingCommentRanges(source.text, at) ?? [])[0];
  if (comment !== undefined && comment.end > at) return nextCode(source, comment.end);
  return at < source.text.length ? at : undefined;
}

/** The function that is declared by what begins at this offset. */
function functionAt(source: ts.SourceFile, position: number): ts.Node | undefined {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (found !== undefined || node.pos > position || node.end <= position) return;
    if (node.getStart(source) === position && declaresFunction(node)) found = node;
    else ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function declaresFunction(node: ts.Node): boolean {
  if (ts.isVariableStatement(node)) {
    const [first, ...others] = node.declarationList.declarations;
    return others.length === 0 && first !== undefined && isFunction(first.initializer);
  }
  if (ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node)) {
    return isFunction(node.initializer);
  }
  if (ts.isExportAssignment(node)) return isFunction(node.expression);
  return ts.isFunctionLike(node);
}

function isFunction(node: ts.Expression | undefined): boolean {
  if (node === undefined) return false;
  const inner = ts.isParenthesizedExpression(node) ? node.expression : node;
  return ts.isArrowFunction(inner) || ts.isFunctionExpression(inner);
}
