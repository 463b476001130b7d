import { step, workflow } from "raftoral";

interface Deps { readonly clock: { now(): number } }
const systemDeps: Deps = { clock: { now: () => Date.now() } };

const expiresIn = (deps: Deps) => (ms: number) => deps.clock.now() + ms;
const hold = step("hold", async (until: number) => until);

export const holds = workflow({
  name: "holds",
  run: function* (ms: number) {
    return yield* hold(expiresIn(systemDeps)(ms));
  },
});
