import { existsSync } from "node:fs";
import { invalid } from "../config/check.ts";
import { readJson } from "../config/load.ts";
import { writeText } from "../project/files.ts";
import { type Fingerprints, NO_FINGERPRINTS } from "./fingerprints.ts";

/** What is recorded; nothing yet if the file is not there. Throws `lint-config-invalid`. */
export function readFingerprints(file: string): Fingerprints {
  if (!existsSync(file)) return NO_FINGERPRINTS;
  const content = readJson(file);
  if (isFingerprints(content)) return content;
  throw invalid(`${file} has no fingerprints of schema 1: remove it, and it is written anew`);
}

/** Writes the file, a line for each workflow, if anything is new. */
export function writeFingerprints(file: string, before: Fingerprints, now: Fingerprints): void {
  const isSame = Object.keys(now.workflows).length === Object.keys(before.workflows).length;
  if (isSame) return;
  writeText(file, `${JSON.stringify(now, undefined, 2)}\n`);
}

function isFingerprints(value: unknown): value is Fingerprints {
  if (typeof value !== "object" || value === null) return false;
  if (!("schemaVersion" in value) || value.schemaVersion !== 1) return false;
  if (!("workflows" in value)) return false;
  const { workflows } = value;
  if (typeof workflows !== "object" || workflows === null) return false;
  return Object.values(workflows).every((hash) => typeof hash === "string");
}
