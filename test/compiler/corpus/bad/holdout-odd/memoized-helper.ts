import { step, workflow } from "raftoral";

const save = step("save", async (n: number) => n);
function memoize<A, R>(f: (a: A) => R): (a: A) => R {
  const known = new Map<A, R>();
  return (a) => {
    const before = known.get(a);
    if (before !== undefined) return before;
    const value = f(a);
    known.set(a, value);
    return value;
  };
}
const square = memoize((n: number) => n * n);

export const squares = workflow({
  name: "squares",
  run: function* (n: number) {
    return yield* save(square(n));
  },
});
