import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The TypeScript inside ts-morph: known without loading it, which takes half a second. */
export const BUNDLED_TYPESCRIPT = "6.0.2";

/** This package's own folder, from the sources as from `dist`. */
export function packageFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let folder = here; dirname(folder) !== folder; folder = dirname(folder)) {
    if (nameIn(join(folder, "package.json")) === "raftoral") return folder;
  }
  return here;
}

/** This package's version. */
export function packageVersion(): string {
  const manifest = manifestAt(join(packageFolder(), "package.json"));
  return typeof manifest["version"] === "string" ? manifest["version"] : "0.0.0";
}

function nameIn(file: string): unknown {
  return manifestAt(file)["name"];
}

function manifestAt(file: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {};
  }
}
