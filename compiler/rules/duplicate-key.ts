import { ts } from "ts-morph";
import type { FunctionRule, RuleContext } from "../analysis/facts.ts";
import { hasKey } from "../analysis/language.ts";
import { walkOwn } from "../analysis/nodes.ts";

/** RD206: two effects of one name. Legal, since the path tells them apart, and hard to read. */
export const duplicateKey: FunctionRule = {
  kinds: [ts.SyntaxKind.StringLiteral, ts.SyntaxKind.NoSubstitutionTemplateLiteral],
  read: readKeys,
};

function readKeys(code: ts.Node, context: RuleContext): void {
  const seen = new Set<string>();
  walkOwn(code, (node) => {
    const [first] = ts.isCallExpression(node) ? node.arguments : [];
    if (!ts.isCallExpression(node) || first === undefined || !ts.isStringLiteralLike(first)) return;
    const { language } = context.facts.effects.callee(node, context.at);
    if (language === undefined || !language.isEffect || !NAMED.has(language.name)) return;
    if (!hasKey(language.name)) return;
    if (seen.has(first.text)) {
      context.report({
        ruleId: "RD206",
        node: first,
        symbol: first.text,
        message: `another effect is called "${first.text}" too`,
        help: "give each effect a name of its own",
        isLocal: true,
      });
    }
    seen.add(first.text);
  });
}

const NAMED: ReadonlySet<string> = new Set(["compute", "checkpoint", "variable", "patched"]);
