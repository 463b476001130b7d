import { step, workflow } from "raftoral";

const plans = new Map<string, string>();
const loadPlan = step("load-plan", async (tenant: string) => `plan of ${tenant}`);

function* planOf(tenant: string) {
  const known = plans.get(tenant);
  if (known !== undefined) return known;
  const loaded = yield* loadPlan(tenant);
  plans.set(tenant, loaded);
  return loaded;
}

export const provision = workflow({
  name: "provision",
  run: function* (input: { tenant: string }) {
    const plan = yield* planOf(input.tenant);
    return plan.length;
  },
});
