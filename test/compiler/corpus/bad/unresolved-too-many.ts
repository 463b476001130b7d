// expect: unresolved-call @ line 17
import { workflow } from "raftoral";
interface Rule { apply(n: number): number }
class R1 implements Rule { apply(n: number): number { return n + 1; } }
class R2 implements Rule { apply(n: number): number { return n + 2; } }
class R3 implements Rule { apply(n: number): number { return n + 3; } }
class R4 implements Rule { apply(n: number): number { return n + 4; } }
class R5 implements Rule { apply(n: number): number { return n + 5; } }
class R6 implements Rule { apply(n: number): number { return n + 6; } }
class R7 implements Rule { apply(n: number): number { return n + 7; } }
class R8 implements Rule { apply(n: number): number { return n + 8; } }
class R9 implements Rule { apply(n: number): number { return n + 9; } }
declare function pick(): Rule;
export const RULES: readonly Rule[] = [new R1(), new R2(), new R3(), new R4(), new R5(), new R6(), new R7(), new R8(), new R9()];
const apply = (rule: Rule, n: number): number => rule.apply(n);
export const wf = workflow({ name: "unresolved-too-many", version: 1, run: function* (input: { n: number }) {
  return apply(pick(), input.n);
} });
