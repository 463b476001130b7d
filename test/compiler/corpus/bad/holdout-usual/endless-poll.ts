import { compute, sleep, workflow } from "raftoral";

export const mirror = workflow({
  name: "mirror",
  run: function* (feed: string) {
    let cursor = 0;
    for (;;) {
      cursor = yield* compute("pull", () => cursor + feed.length);
      yield* sleep("5 minutes");
    }
  },
});
