import { type Op, sleep, step, workflow } from "raftoral";

const unstable = step("unstable", async (url: string) => (await fetch(url)).status);

function* retried<T>(times: number, attempt: () => Op<T>) {
  for (let i = 1; ; i += 1) {
    try {
      return yield* attempt();
    } catch (error) {
      if (i >= times) throw error;
      yield* sleep(1_000 * 2 ** i);
    }
  }
}

export const fetcher = workflow({
  name: "fetcher",
  run: function* (url: string) {
    return yield* retried(5, () => unstable(url));
  },
});
