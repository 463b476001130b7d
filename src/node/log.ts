import { type Logger, pino } from "pino";
import type { EngineConfig } from "./config.ts";

type Write = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** The node's own log and that of the workflows on it, as JSON lines on stdout. */
export interface NodeLog {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

export type LogLevel = EngineConfig["logLevel"];

export const nodeLog = ({ cluster, logLevel, name }: EngineConfig): NodeLog =>
  levelLog(logLevel, { node: name, cluster });

/** `base` stands in every line. */
export function levelLog(level: LogLevel, base: Readonly<Record<string, string>>): NodeLog {
  const logger: Logger = pino({ level, base });
  const at =
    (of: "debug" | "info" | "warn" | "error"): Write =>
    (message, fields = {}) =>
      logger[of](fields, message);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
