// expect: none
import { workflow } from "raftoral";
const pipe = <A, B, C>(value: A, f: (a: A) => B, g: (b: B) => C): C => g(f(value));
export const wf = workflow({ name: "generic-pipe", version: 1, run: function* (input: { n: number }) {
  return pipe(input.n, (n) => n + 1, String);
} });
