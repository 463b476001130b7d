import { checkpoint, type Gen } from "raftoral";
export function* body(input: { n: number }): Gen<number> {
  yield* checkpoint("n", input.n);
  return Date.now();
}
