import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { invalid } from "../config/check.ts";

/** A source as the compiler reads it: UTF-8, or UTF-16 where a mark at its beginning says so. */
export function readSource(path: string): string {
  const bytes = readFileSync(path);
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return bytes.toString("utf16le", 2);
  if (first === 0xfe && second === 0xff && bytes.length % 2 === 0) {
    return bytes.swap16().toString("utf16le", 2);
  }
  return bytes.toString("utf8");
}

/** The same; undefined for a file that is not there any more, or cannot be read. */
export function sourceAt(path: string): string | undefined {
  try {
    return readSource(path);
  } catch {
    return undefined;
  }
}

/** Writes a file and the folders above it. Throws `lint-config-invalid`, with the reason. */
export function writeText(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw invalid(`${file} cannot be written: ${reasonOf(error)}`);
  }
}

export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : `${error}`;
