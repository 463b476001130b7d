import { hostname } from "node:os";
import { checkpoint, workflow } from "raftoral";

export const placement = workflow({
  name: "placement",
  run: function* (volume: string) {
    const where = hostname();
    yield* checkpoint("placed", where);
    return volume;
  },
});
