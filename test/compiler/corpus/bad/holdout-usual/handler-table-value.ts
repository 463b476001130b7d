import { checkpoint, workflow } from "raftoral";

export const strategies = workflow({
  name: "strategies",
  run: function* (input: { kind: string }) {
    const strategy = { kind: input.kind, apply: (n: number) => n * 2 };
    yield* checkpoint("strategy", strategy);
    return strategy.apply(2);
  },
});
