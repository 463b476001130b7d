import { compute, workflow } from "raftoral";

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);

export const mailing = workflow({
  name: "mailing",
  run: function* (customers: { name: string }[]) {
    for (const customer of [...customers].sort(byName)) {
      yield* compute(`mail-${customer.name}`, () => customer.name);
    }
  },
});
