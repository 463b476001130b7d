import { receive, shield, signal, sleep, spawn, step, workflow } from "raftoral";

const stop = signal<void>("stop");
const beat = step("beat", async (n: number) => n);
const close = step("close", async () => "closed");

function* beats(limit: number) {
  for (let n = 0; n < limit; n += 1) {
    yield* beat(n);
    yield* sleep("30 seconds");
  }
}

export const session = workflow({
  name: "session",
  run: function* (limit: number) {
    yield* spawn(beats(limit));
    yield* receive(stop);
    return yield* shield(close());
  },
});
