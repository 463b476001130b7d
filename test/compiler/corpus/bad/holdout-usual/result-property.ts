import { compute, workflow } from "raftoral";

export const enrich = workflow({
  name: "enrich",
  run: function* (lead: { email: string; score?: number }) {
    yield* compute("score", async () => {
      lead.score = lead.email.length;
    });
    return lead.score ?? 0;
  },
});
