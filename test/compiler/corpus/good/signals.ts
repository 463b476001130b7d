// expect: none
import { receive, signal, workflow } from "raftoral";
const approval = signal<{ ok: boolean }>("approval");
export const wf = workflow({ name: "signals", version: 1, run: function* (input: { n: number }) {
  const got = yield* receive(approval, { timeout: "1 day" });
  return got?.ok ?? false;
} });
