import { type Gen, sleep, step, workflow } from "raftoral";

export interface Job {
  readonly name: string;
  readonly parts: number;
}

// Says how far it is; the next attempt, on whichever node, begins there.
const upload = step(
  "upload",
  (job: Job, fx) => {
    const from = typeof fx.lastHeartbeat === "number" ? fx.lastHeartbeat : 0;
    for (let part = from; part < job.parts; part++) {
      fx.heartbeat(part);
      if (part === 2 && fx.attempt === 1) throw new Error("the connection was lost");
    }
    return `${job.name}: from part ${from} in attempt ${fx.attempt}`;
  },
  { retry: { attempts: 3, backoff: "10ms" }, heartbeatTimeout: "10s" },
);

const isReady = step("is-ready", (asked: number) => asked >= 3);

export const convert = workflow({
  name: "convert",
  run: function* (job: Job): Gen<string> {
    const uploaded = yield* upload(job);
    let asked = 1;
    while (!(yield* isReady(asked))) {
      yield* sleep(5 * asked);
      asked++;
    }
    return `${uploaded}; ready when asked ${asked} times`;
  },
});
