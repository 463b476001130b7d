import { all, step, workflow } from "raftoral";

const hit = step("hit", async (n: number) => n % 2 === 0);

export const counting = workflow({
  name: "counting",
  run: function* (count: number) {
    let hits = 0;
    const misses: number[] = [];
    const shot = function* (n: number) {
      if (yield* hit(n)) hits += 1;
      else misses.push(n);
    };
    yield* all(Array.from({ length: count }, (_, n) => shot(n)));
    return { hits, misses };
  },
});
