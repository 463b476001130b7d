import { checkpoint, now, workflow } from "raftoral";

let serial = 0;

export const keyed = workflow({
  name: "keyed",
  run: function* (id: string) {
    serial += 1;
    yield* checkpoint(`entry-${serial}`, id);
    return yield* now();
  },
});
