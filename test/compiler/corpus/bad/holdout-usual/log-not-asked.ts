import { compute, log, workflow } from "raftoral";

export const audit = workflow({
  name: "audit",
  run: function* (document: string) {
    log("auditing", { document });
    const hash = yield* compute("hash", () => document.length);
    return hash;
  },
});
