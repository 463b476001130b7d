import { type Gen, type Op, step, workflow } from "raftoral";

const save = step("save", async (n: number) => n);

function* each<T>(items: readonly T[], work: (item: T, i: number) => Op<unknown>): Gen<void> {
  for (const [i, item] of items.entries()) yield* work(item, i);
}
const when = <T>(is: boolean, then: () => T): T | undefined => (is ? then() : undefined);

export const helped = workflow({
  name: "helped",
  run: function* (items: readonly number[]) {
    yield* each(items, (item, i) => save(item + i));
    const extra = when(items.length > 3, () => items.at(-1));
    return extra ?? 0;
  },
});
