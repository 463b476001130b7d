import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unknownWord } from "./config/check.ts";
import { packageFolder } from "./project/package-facts.ts";
import { WORDS } from "./rule-facts.ts";

/** The page of a rule, as it is in `docs/rules`. Throws `lint-config-invalid` for an unknown id. */
export function explain(ruleId: string): string {
  const id = ruleId.toUpperCase();
  const page = join(packageFolder(), "docs", "rules", `${id}.md`);
  if (!WORDS.ruleIds.includes(id) || !existsSync(page)) {
    throw unknownWord("no rule", ruleId, WORDS.ruleIds);
  }
  return readFileSync(page, "utf8");
}
