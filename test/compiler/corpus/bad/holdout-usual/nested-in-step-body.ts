import { compute, sleep, step, workflow } from "raftoral";

const poll = step("poll", function (job: string) {
  sleep("1 minute");
  return job;
});

export const transcode = workflow({
  name: "transcode",
  run: function* (job: string) {
    const first = yield* poll(job);
    return yield* compute("done", () => first);
  },
});
