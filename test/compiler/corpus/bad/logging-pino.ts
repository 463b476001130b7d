// expect: logging @ line 6
import pino from "pino";
import { workflow } from "raftoral";
const logger = pino();
export const wf = workflow({ name: "logging-pino", version: 1, run: function* (input: { n: number }) {
  logger.info("run");
  return input.n;
} });
