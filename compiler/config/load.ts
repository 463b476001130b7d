import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { reasonOf } from "../project/files.ts";
import { checkConfig, invalid, type Vocabulary } from "./check.ts";
import type { LintConfig } from "./config.ts";

export const CONFIG_FILE = "raftoral-lint.json";

export interface FoundConfig {
  readonly config: LintConfig;
  /** Paths in it are meant from here. */
  readonly directory: string;
  /** The file that it was read from; undefined if the project has none. */
  readonly file?: string;
}

/**
 * The nearest configuration at or above a folder: `raftoral-lint.json`, else the key `raftoral` of
 * a package.json. Throws `lint-config-invalid`.
 */
export function loadConfig(directory: string, words: Vocabulary): FoundConfig {
  for (let folder = directory; ; folder = dirname(folder)) {
    const found = configIn(folder);
    if (found !== undefined) {
      checkConfig(found.value, found.at, words);
      return { config: found.value, directory: folder, file: found.file };
    }
    if (dirname(folder) === folder) return { config: {}, directory };
  }
}

interface RawConfig {
  readonly value: unknown;
  readonly at: string;
  readonly file: string;
}

function configIn(folder: string): RawConfig | undefined {
  const own = join(folder, CONFIG_FILE);
  const shared = join(folder, "package.json");
  const isOwn = existsSync(own);
  if (isOwn) return { value: readJson(own), at: CONFIG_FILE, file: own };
  if (!existsSync(shared)) return undefined;
  const manifest = readJson(shared);
  const hasKey = typeof manifest === "object" && manifest !== null && "raftoral" in manifest;
  if (!hasKey) return undefined;
  return { value: manifest.raftoral, at: "package.json, key raftoral", file: shared };
}

/** Throws `lint-config-invalid` naming the file, for one that cannot be read or is no JSON. */
export function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw invalid(`${file} cannot be read: ${reasonOf(error)}`);
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw invalid(`${file} is not JSON: ${reasonOf(error)}`);
  }
}
