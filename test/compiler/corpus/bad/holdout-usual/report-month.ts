import { compute, now, workflow } from "raftoral";

export const monthlyReport = workflow({
  name: "monthly-report",
  run: function* (account: string) {
    const today = yield* now();
    const month = today.getMonth();
    return yield* compute("render", () => `${account}/${month}.pdf`);
  },
});
