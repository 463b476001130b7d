import { receive, signal, workflow } from "raftoral";

const approved = signal<{ by: string }>("approved");

export const approval = workflow({
  name: "approval",
  run: function* (request: { amount: number }) {
    if (request.amount < 100) return "auto";
    const decision = yield receive(approved, { timeout: "2 days" });
    return decision === undefined ? "expired" : "approved";
  },
});
