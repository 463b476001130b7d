import { existsSync, readFileSync } from "node:fs";
import { relative, sep } from "node:path";
import { invalid } from "../config/check.ts";
import { readJson } from "../config/load.ts";
import { writeText } from "../project/files.ts";
import type { KnownBaseline } from "./assemble.ts";
import type { Baseline, BaselineEntry } from "./baseline.ts";

/** Reads a baseline; throws `lint-config-invalid` if it is not there or not one. */
export function readBaseline(file: string, projectDirectory: string): KnownBaseline {
  if (!existsSync(file)) {
    throw invalid(`there is no baseline ${file}: write it with --update-baseline`);
  }
  const content = readJson(file);
  if (!isBaseline(content)) {
    throw invalid(`${file} is no baseline of schema 1: write it anew with --update-baseline`);
  }
  const lines = readFileSync(file, "utf8").split("\n");
  return {
    content,
    file: relative(projectDirectory, file).split(sep).join("/"),
    lineOf: (fingerprint) => lines.findIndex((line) => line.includes(`"${fingerprint}"`)) + 1 || 1,
  };
}

/** Writes a baseline, with a line for each value, so that a change of it can be reviewed. */
export function writeBaseline(file: string, baseline: Baseline): void {
  writeText(file, `${JSON.stringify(baseline, undefined, 2)}\n`);
}

function isBaseline(value: unknown): value is Baseline {
  if (typeof value !== "object" || value === null) return false;
  if (!("schemaVersion" in value) || value.schemaVersion !== 1) return false;
  return "findings" in value && Array.isArray(value.findings) && value.findings.every(isEntry);
}

function isEntry(value: unknown): value is BaselineEntry {
  if (typeof value !== "object" || value === null) return false;
  const hasTexts = ["fingerprint", "ruleId", "file", "message"].every(
    (key) => typeof Object.entries(value).find(([name]) => name === key)?.[1] === "string",
  );
  return hasTexts && "count" in value && typeof value.count === "number";
}
