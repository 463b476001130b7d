import process from "node:process";
import { compute, type Gen, info, receive, signal, sleep, workflow } from "raftoral";

// What the nodes of the cluster bench run. Times are taken in the owner's process.

export const go = signal<void>("go");

const startedMs = new Map<string, number[]>();

/** Computes one after the other; gives the microseconds from each body to the next. */
export const sequence = workflow({
  name: "sequence",
  run: function* (times: number): Gen<readonly number[]> {
    const { workflowId } = yield* info();
    yield* receive(go);
    for (let i = 0; i < times; i++) {
      yield* compute("tick", () => {
        const all = startedMs.get(workflowId) ?? [];
        startedMs.set(workflowId, all);
        all.push(performance.now());
      });
    }
    return yield* compute("samples", () => {
      const all = startedMs.get(workflowId) ?? [];
      return all.slice(1).map((at, i) => Math.round((at - (all[i] ?? at)) * 1_000));
    });
  },
});

/** Computes one after the other, as fast as they go. */
export const burst = workflow({
  name: "burst",
  run: function* (times: number): Gen<number> {
    for (let i = 0; i < times; i++) yield* compute("tick", () => i);
    return times;
  },
});

/** Tells the bench of each effect, for as long as it runs. */
export const beats = workflow({
  name: "beats",
  run: function* (times: number): Gen<number> {
    for (let i = 0; i < times; i++) {
      yield* compute("beat", () => {
        process.send?.({ beat: i });
      });
      yield* sleep("20ms");
    }
    return times;
  },
});
