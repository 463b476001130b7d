import { agent } from "./agent.ts";
import { github } from "./github.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import type { Format } from "./output.ts";
import { sarif } from "./sarif.ts";
import { stylish } from "./stylish.ts";

export type FormatName = "stylish" | "json" | "sarif" | "github" | "agent" | "junit";

/** All formats, by the name that `--format` takes. */
export const FORMATS: Readonly<Record<FormatName, Format>> = {
  stylish,
  json,
  sarif,
  github,
  agent,
  junit,
};

export function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(FORMATS, name);
}
