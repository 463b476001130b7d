// expect: none
import { workflow } from "raftoral";
enum Kind { A = "a", B = "b" }
namespace Fees { export const base = 2; export function of(n: number): number { return n * base; } }
export const wf = workflow({ name: "enum-and-namespace", version: 1, run: function* (input: { n: number; kind: string }) {
  return input.kind === Kind.A ? Fees.of(input.n) : Fees.base;
} });
