import type { Edit, Range } from "../finding.ts";
import type { DescribedRule } from "../format/output.ts";
import type { ProjectCache } from "./project-cache.ts";

/** The part of ESLint's rule context that is used. */
export interface EslintContext {
  readonly filename: string;
  readonly cwd: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** With a `text`, for a language that has one. */
  readonly sourceCode: object;
  report(problem: EslintProblem): void;
}

export interface EslintProblem {
  readonly message: string;
  readonly loc: { readonly start: EslintPlace; readonly end: EslintPlace };
  readonly fix?: (fixer: EslintFixer) => EslintFix[];
}

export interface EslintPlace {
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
}

export interface EslintFixer {
  replaceTextRange(range: [number, number], text: string): EslintFix;
}

export interface EslintFix {
  readonly range: [number, number];
  readonly text: string;
}

/** What ESLint wants of a rule. */
export interface EslintRule {
  readonly meta: {
    readonly type: "problem";
    readonly docs: { readonly description: string; readonly url: string };
    readonly fixable: "code";
    readonly schema: [];
  };
  create(context: EslintContext): Record<string, never>;
}

/** One of our rules as one of ESLint's. It reads what the whole project's analysis found. */
export function ruleOf(ruleId: string, rule: DescribedRule, projects: ProjectCache): EslintRule {
  return {
    meta: {
      type: "problem",
      docs: { description: rule.summary, url: rule.docs },
      fixable: "code",
      schema: [],
    },
    create(context) {
      const { filename, cwd } = context;
      const text = textIn(context.sourceCode);
      const place = { filename, cwd, project: projectIn(context.settings), text };
      for (const { message, range, edits } of projects.problemsOf(place, ruleId)) {
        context.report({ message, loc: loc(range), ...(edits === undefined ? {} : fixOf(edits)) });
      }
      return {};
    },
  };
}

/** `settings: { raftoral: { project: "tsconfig.json" } }` */
function projectIn({ raftoral }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof raftoral !== "object" || raftoral === null || !("project" in raftoral)) {
    return undefined;
  }
  return typeof raftoral.project === "string" ? raftoral.project : undefined;
}

function textIn(sourceCode: object): string {
  return "text" in sourceCode && typeof sourceCode.text === "string" ? sourceCode.text : "";
}

function loc(range: Range): EslintProblem["loc"] {
  return {
    start: { line: range.line, column: range.col - 1 },
    end: { line: range.endLine, column: range.endCol - 1 },
  };
}

function fixOf(edits: readonly Edit[]): Pick<Required<EslintProblem>, "fix"> {
  return {
    fix: (fixer) => edits.map(({ start, end, text }) => fixer.replaceTextRange([start, end], text)),
  };
}
