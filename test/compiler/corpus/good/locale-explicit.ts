// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "locale-explicit", version: 1, run: function* (input: { n: number; kind: string }) {
  const at = new Date(input.n);
  return at.toLocaleDateString("en-US", { timeZone: "UTC" }) + input.n.toLocaleString("en-US") + input.kind.localeCompare("b", "en");
} });
