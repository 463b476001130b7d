import { type Op, op } from "./effect.ts";
import { checkName } from "./name.ts";

/**
 * Guards a change of a body that has runs under way: true in runs that come here first with this
 * code, false in those that went past here without it. The first answer for an id holds for the
 * run. It takes no place in the history: adding or removing it moves no other effect.
 * @throws RaftoralError `invalid-argument`
 */
export function patched(id: string): Op<boolean> {
  checkName(id, "patch");
  return op({ kind: "patched", name: id });
}
