// expect: logging @ line 5
import { workflow } from "raftoral";
function note(text: string): void { console.error(text); }
export const wf = workflow({ name: "logging-in-helper", version: 1, run: function* (input: { n: number }) {
  note("x");
  return input.n;
} });
