import { type Logger, pino } from "pino";
import type { NodeConfig } from "./config.ts";

type Write = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** The node's own log and that of the workflows on it, as JSON lines on stdout. */
export interface NodeLog {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

export function nodeLog(config: NodeConfig): NodeLog {
  const logger: Logger = pino({
    level: config.logLevel,
    base: { node: config.name, cluster: config.cluster },
  });
  const at =
    (level: "debug" | "info" | "warn" | "error"): Write =>
    (message, fields = {}) =>
      logger[level](fields, message);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
