// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "collator-explicit", version: 1, run: function* (input: { n: number; list: number[] }) {
  const collator = new Intl.Collator("en");
  return input.list.map(String).sort(collator.compare).join();
} });
