import { receive, signal, variable, workflow } from "raftoral";

export const decision = signal<{ readonly ok: boolean; readonly by: string }>("decision");

export const approval = workflow({
  name: "approval",
  run: function* (input: { readonly waitMs: number }) {
    const status = yield* variable("status", "asked");
    // Survives restarts: the time-out is in the log, and so is every signal.
    const decided = yield* receive(decision, { timeout: input.waitMs });
    if (decided === undefined) yield* status.set("nobody answered");
    else yield* status.set(`${decided.ok ? "granted" : "refused"} by ${decided.by}`);
    return status.value;
  },
});
