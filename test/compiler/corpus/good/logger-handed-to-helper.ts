// expect: none
import { compute, type Gen, workflow } from "raftoral";
interface Logger { info(text: string): void }
function* note(logger: Logger, text: string): Gen<void> { yield* compute("log", () => { logger.info(text); return true; }); }
export const wf = workflow({ name: "logger-handed-to-helper", version: 1, run: function* (input: { n: number }) {
  yield* note(console, "x");
  return input.n;
} });
