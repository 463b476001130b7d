import { step, workflow } from "raftoral";

interface Process { readonly env: Record<string, string>; readonly pid: number }
const save = step("save", async (n: number) => n);

export const scheduled = workflow({
  name: "scheduled",
  run: function* (process: Process) {
    const fetch = (url: string): number => url.length;
    const Date = { now: () => 7 };
    return yield* save(process.pid + fetch(process.env["URL"] ?? "") + Date.now());
  },
});
