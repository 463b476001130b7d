import { compute, sleep, workflow } from "raftoral";

const BASE_MS = 250;

class Backoff {
  #attempt = 0;
  next(): number {
    this.#attempt += 1;
    return BASE_MS * 2 ** this.#attempt * (1 + Math.random() / 10);
  }
}

export const importFeed = workflow({
  name: "import-feed",
  run: function* (url: string) {
    const backoff = new Backoff();
    for (let i = 0; i < 5; i += 1) {
      const status = yield* compute("fetch", async () => (await fetch(url)).status);
      if (status === 200) return i;
      yield* sleep(backoff.next());
    }
    return -1;
  },
});
