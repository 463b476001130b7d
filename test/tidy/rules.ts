import { posix } from "node:path";
import { Node, type SourceFile, type StringLiteral, SyntaxKind } from "ts-morph";
import { AMBIENT, CASTS, PACKAGES, ROOMS } from "./rooms.ts";

/** A law about the text of one file. */
export interface Rule {
  readonly law: string;
  /** The files it is about, by path from the repository's top. */
  readonly scope: RegExp;
  readonly find: (file: SourceFile, path: string) => readonly string[];
  /** Files that break it: a rule that finds nothing in them is broken itself. */
  readonly planted: readonly (readonly [path: string, text: string])[];
}

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const LINE_COLUMNS_MAX = 100;

const SOURCES = /^(src|compiler)\//;
const ALL = /^(src|compiler|examples|test)\//;
const TESTS = /^test\/.*\.test\.ts$/;

const imports: Rule = {
  law: "imports point down, and each package has its home",
  scope: SOURCES,
  find: (file, path) =>
    file
      .getImportStringLiterals()
      .filter((name) => !isAllowed(path, name))
      .map((name) => `${path} -> ${name.getLiteralValue()}`),
  planted: [
    ["src/raft/x.ts", `import { a } from "../replica/a.ts";`],
    ["src/raft/x.ts", `export { a } from "../node/a.ts";`],
    ["src/raft/x.ts", `import { readFile } from "node:fs/promises";`],
    ["src/replica/x.ts", `import { a } from "../storage/memory.ts";`],
    ["src/storage/x.ts", `import { a } from "../raft/types.ts";`],
    ["src/cli/x.ts", `import { lint } from "../../compiler/index.ts";`],
    ["src/node/x.ts", `import superjson from "superjson";`],
    ["src/node/x.ts", `import { randomUUID } from "node:crypto";`],
    ["src/client/x.ts", `import { pino } from "pino";`],
    ["src/workflow/dsl/x.ts", `type A = import("../machine/state.ts").A;`],
    ["src/std/x.ts", `import leftPad from "left-pad";`],
  ],
};

function isAllowed(from: string, literal: StringLiteral): boolean {
  const name = literal.getLiteralValue();
  if (!name.startsWith(".")) {
    const fence = Object.entries(PACKAGES).find(([p]) => name === p || name.startsWith(`${p}/`));
    return fence?.[1].test(from) ?? false;
  }
  const target = posix.join(posix.dirname(from), name).replace(/\.ts$/, "");
  const home = roomOf(from);
  if (home === roomOf(target)) return true;
  const kind = importKind(literal);
  return (ROOMS[home] ?? []).some((may) => {
    const [, only, room = ""] = /^(?:(type|lazy):)?(.*)$/.exec(may) ?? [];
    return (only === undefined || only === kind) && isIn(room, target);
  });
}

const isIn = (room: string, path: string): boolean => path === room || path.startsWith(`${room}/`);

function roomOf(path: string): string {
  const bare = path.replace(/\.ts$/, "");
  const homes = Object.keys(ROOMS).filter((room) => isIn(room, bare));
  return homes.sort((a, b) => b.length - a.length)[0] ?? bare;
}

function importKind(literal: StringLiteral): "type" | "lazy" | "value" {
  const parent = literal.getParent();
  if (Node.isCallExpression(parent)) return "lazy";
  const isDeclaration = Node.isImportDeclaration(parent) || Node.isExportDeclaration(parent);
  return isDeclaration && !parent.isTypeOnly() ? "value" : "type";
}

const length: Rule = {
  law: `files fit in ${FILE_LINES_MAX} lines, functions in ${FUNCTION_LINES_MAX}`,
  scope: SOURCES,
  find: (file, path) => [
    ...(file.getEndLineNumber() > FILE_LINES_MAX ? [path] : []),
    ...file
      .getDescendants()
      .filter((node) => Node.isFunctionLikeDeclaration(node) || Node.isArrowFunction(node))
      .filter((node) => node.getEndLineNumber() - node.getStartLineNumber() >= FUNCTION_LINES_MAX)
      .map((node) => at(path, node)),
  ],
  planted: [
    ["src/std/x.ts", "\n".repeat(FILE_LINES_MAX)],
    ["src/std/x.ts", `export function long() {${"\n".repeat(FUNCTION_LINES_MAX)}}`],
  ],
};

const at = (path: string, node: Node): string => `${path}:${node.getStartLineNumber()}`;

const columns: Rule = {
  law: `lines fit in ${LINE_COLUMNS_MAX} columns`,
  scope: ALL,
  find: (file, path) =>
    file
      .getFullText()
      .split("\n")
      .flatMap((line, i) => (isTooLong(line) ? [`${path}:${i + 1}`] : [])),
  planted: [["test/x.ts", `// ${"wide ".repeat(20)}`]],
};

/** A long word alone (a link, a hash) cannot be broken, nor can biome's own comments. */
function isTooLong(line: string): boolean {
  if (line.length <= LINE_COLUMNS_MAX || line.includes("// biome-ignore")) return false;
  return /\S\s\S/.test(line.trim().replace(/^(\/\/|\*)\s/, ""));
}

const ambient: Rule = {
  law: "time, chance, timers and the process come in through ports",
  scope: /^src\//,
  find: (file, path) => {
    const uses = file.getDescendantsOfKind(SyntaxKind.Identifier).filter((node) => !isName(node));
    const own = new Set(file.getDescendants().flatMap(declaredNames));
    return uses
      .filter((node) => !own.has(node.getText()))
      .map((node) => ({ node, name: ambientName(node) }))
      .filter(({ name }) => name !== undefined && !AMBIENT[name]?.test(path))
      .map(({ node, name }) => `${at(path, node)}: ${name}`);
  },
  planted: [
    ["src/raft/x.ts", "export const at = Date.now();"],
    ["src/raft/x.ts", "export const at = new Date();"],
    ["src/raft/x.ts", "export const roll = Math.random;"],
    ["src/node/x.ts", "setTimeout(() => {}, 1);"],
    ["src/node/x.ts", "globalThis.setInterval(() => {}, 1);"],
    ["src/cluster/x.ts", "export const id = crypto.randomUUID();"],
    ["src/replica/x.ts", "process.nextTick(() => {});"],
    ["src/replica/x.ts", "export const now = performance.now();"],
    ["src/node/x.ts", "export const ports = { fetch };"],
  ],
};

/** `{ process: 1 }` and `x.process` name something of their own; `globalThis.process` does not. */
function isName(node: Node): boolean {
  const parent = node.getParentOrThrow();
  if (Node.isPropertyAccessExpression(parent))
    return parent.getNameNode() === node && parent.getExpression().getText() !== "globalThis";
  const inner = parent.compilerNode;
  if (!("name" in inner) || Node.isShorthandPropertyAssignment(parent)) return false;
  return inner.name === node.compilerNode;
}

/** A file that has a `process` of its own does not mean the platform's. */
function declaredNames(node: Node): readonly string[] {
  const isBinding =
    Node.isParameterDeclaration(node) ||
    Node.isVariableDeclaration(node) ||
    Node.isBindingElement(node) ||
    Node.isFunctionDeclaration(node);
  return isBinding ? [node.getName() ?? ""] : [];
}

/** The name under which AMBIENT lists what this identifier takes from the platform, if it does. */
function ambientName(node: Node): string | undefined {
  const parent = node.getParentOrThrow();
  const isNow = Node.isNewExpression(parent) && parent.getArguments().length === 0;
  const names = [node.getText(), parent.getText(), isNow ? `new ${node.getText()}()` : ""];
  return names.find((name) => name in AMBIENT);
}

const casts: Rule = {
  law: "casts stay where their reason is",
  scope: SOURCES,
  find: (file, path) =>
    CASTS.test(path)
      ? []
      : file
          .getDescendantsOfKind(SyntaxKind.AsExpression)
          .filter((node) => node.getTypeNode()?.getText() !== "const")
          .map((node) => at(path, node)),
  planted: [["src/raft/x.ts", "export const x = {} as string;"]],
};

const state: Rule = {
  law: "no module keeps mutable state",
  scope: SOURCES,
  find: (file, path) =>
    file
      .getVariableStatements()
      .filter((s) => s.getDeclarationKind() !== "const" && !s.hasDeclareKeyword())
      .map((s) => at(path, s)),
  planted: [["src/node/x.ts", "let count = 0;\nexport const next = () => count++;"]],
};

const unfinished: Rule = {
  law: "nothing is left for later: an open point is an issue",
  scope: ALL,
  find: (file, path) => (MARKS.test(file.getFullText()) ? [path] : []),
  planted: [["examples/x.ts", `// ${"TO"}${"DO"}: mend this`]],
};
/** Written so that this file does not find itself. */
const MARKS = /\b(?:T[O]DO|FI[X]ME|X[X]X|HA[C]K)\b/;

const run: Rule = {
  law: "every suite is run, and no test alone: uvu passes over both in silence",
  scope: TESTS,
  find: (file, path) => {
    const count = (what: RegExp): number => (file.getFullText().match(what) ?? []).length;
    const isForgotten = count(/= suite\b/g) > count(/\.run\(\)/g);
    return isForgotten || count(/^\w+\.only\(/gm) > 0 ? [path] : [];
  },
  planted: [
    ["test/x.test.ts", `const test = suite("x");\ntest("y", () => {});`],
    ["test/x.test.ts", `const test = suite("x");\ntest.only("y", () => {});\ntest.run();`],
  ],
};

export const RULES: readonly Rule[] = [
  imports,
  length,
  columns,
  ambient,
  casts,
  state,
  unfinished,
  run,
];
