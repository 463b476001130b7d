// expect: logging @ line 5
import { workflow } from "raftoral";
const note = (logger: { info(text: string): void }, text: string): void => logger.info(text);
export const wf = workflow({ name: "logging-handed-on", version: 1, run: function* (input: { n: number }) {
  note(console, "x");
  return input.n;
} });
