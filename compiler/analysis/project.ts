import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ts } from "ts-morph";
import { invalid } from "../config/check.ts";
import { namesLanguage } from "../project/tree.ts";

/** One tsconfig.json with files of its own. A project that refers to others is several. */
export interface Unit {
  readonly options: ts.CompilerOptions;
  /** Absolute, all that the tsconfig.json names. */
  readonly files: readonly string[];
}

export interface LoadedProject {
  readonly units: readonly Unit[];
  /** Absolute: every configuration that was read for it. */
  readonly configFiles: readonly string[];
}

/** Reads a tsconfig.json, what it extends, and what it refers to. */
export function loadProject(project: string): LoadedProject {
  const units: Unit[] = [];
  const configFiles = new Set<string>();
  const waiting = [resolve(project)];
  const seen = new Set<string>();
  for (const path of waiting) {
    if (seen.has(path)) continue;
    seen.add(path);
    const parsed = parsedConfig(path, configFiles);
    if (parsed.fileNames.length > 0) {
      units.push({ options: parsed.options, files: parsed.fileNames });
    }
    for (const { path: other } of parsed.projectReferences ?? []) waiting.push(configAt(other));
  }
  return { units, configFiles: [...configFiles] };
}

function parsedConfig(path: string, configFiles: Set<string>): ts.ParsedCommandLine {
  const read = ts.readJsonConfigFile(path, (name) => {
    configFiles.add(resolve(name));
    return ts.sys.readFile(name);
  });
  const host: ts.ParseConfigHost = {
    useCaseSensitiveFileNames: ts.sys.useCaseSensitiveFileNames,
    fileExists: ts.sys.fileExists,
    readDirectory: ts.sys.readDirectory,
    readFile(name) {
      if (name.endsWith(".json")) configFiles.add(resolve(name));
      return ts.sys.readFile(name);
    },
  };
  const parsed = ts.parseJsonSourceFileConfigFileContent(read, host, dirname(path), {}, path);
  const [broken] = parsed.errors.filter(({ code }) => isFatal(code));
  if (broken !== undefined) {
    throw invalid(`${path}: ${ts.flattenDiagnosticMessageText(broken.messageText, " ")}`);
  }
  return parsed;
}

/** The file cannot be read at all, or what it extends is not there. */
const isFatal = (code: number): boolean => [5012, 5083, 6053].includes(code);

function configAt(path: string): string {
  return path.endsWith(".json") ? path : resolve(path, "tsconfig.json");
}

/**
 * The files to begin with: those that name the workflow language, and those that may have it from
 * one of these under another name.
 */
export function entryFiles(files: readonly string[]): readonly string[] {
  const texts = new Map<string, string>();
  for (const file of files) {
    const text = textOf(file);
    if (text !== undefined) texts.set(file, text);
  }
  const found = [...texts].filter(([, text]) => namesLanguage(text)).map(([file]) => file);
  const entries = new Set(found);
  for (const file of found) {
    if (!givesLanguage(texts.get(file) ?? "")) continue;
    for (const user of usersOf(file, texts)) {
      if (entries.has(user)) continue;
      entries.add(user);
      found.push(user);
    }
  }
  return [...entries].sort();
}

/**
 * Whether a file hands the language on: `export … from`, or an exported function or value around
 * it. By its text, and rather too often: it costs a file to read.
 */
function givesLanguage(text: string): boolean {
  const isHandedOn = /export\s*(?:type\s*)?(?:\*|\{)[^;]*?\bfrom\s*["'][^"']+["']/.test(text);
  const isAround = /(?:=>|return|=)\s*workflow\s*[(<;]|\bworkflow\s*\(\s*(?!\{)/.test(text);
  const isExported = /export\s*(?:default|=|\{)|exports/.test(text);
  return isHandedOn || isAround || isExported;
}

function usersOf(file: string, texts: ReadonlyMap<string, string>): readonly string[] {
  const parts = file.split("/");
  const name = (parts.at(-1) ?? "").replace(/(?:\.d)?\.[cm]?[jt]sx?$/, "");
  const isIndex = name === "index";
  const folder = parts.at(-2) ?? "";
  const names = isIndex ? [name, folder] : [name];
  const asked = names.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const end = isIndex ? String.raw`|["'](?:\.\.?\/)*\.\.?\/?["']` : "";
  const pattern = new RegExp(`["'](?:[^"'\\n]*[/#~@])?(?:${asked})(?:\\.[cm]?[jt]sx?)?["']${end}`);
  return [...texts].filter(([other, text]) => other !== file && pattern.test(text)).map(([f]) => f);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
