import { type Op, step, workflow } from "raftoral";

const a = step("a", async (n: number) => n + 1);
const b = step("b", async (n: number) => n * 2);

function pipeline(...steps: readonly ((n: number) => Op<number>)[]) {
  return function* (n: number) {
    let value = n;
    for (const each of steps) value = yield* each(value);
    return value;
  };
}

const process = pipeline(a, b, a);

export const pipelined = workflow({
  name: "pipelined",
  run: function* (n: number) {
    return yield* process(n);
  },
});
