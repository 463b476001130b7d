import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ts } from "ts-morph";
import { invalid } from "../config/check.ts";
import { readSource, reasonOf } from "../project/files.ts";
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
  if (!existsSync(path)) throw invalid(`there is no ${path}, which the project refers to`);
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
  for (const { code, messageText } of ts.getConfigFileParsingDiagnostics(parsed)) {
    const reason = ts.flattenDiagnosticMessageText(messageText, " ");
    if (isFatal(code, reason)) throw invalid(`${path}: ${reason}`);
  }
  return parsed;
}

/**
 * It cannot be read, is no JSON, or what it extends is not there; or it does not say which files
 * it is about. Options that this compiler does not know are another version's: they are passed by.
 */
function isFatal(code: number, reason: string): boolean {
  const isUnread = code < 2000 || [5012, 5083, 5092, 6053].includes(code);
  return (
    isUnread || (code === 5024 && /'(?:include|exclude|files|references|extends)'/.test(reason))
  );
}

function configAt(path: string): string {
  return path.endsWith(".json") ? path : resolve(path, "tsconfig.json");
}

/**
 * The files to begin with: those that name the workflow language, and those that may have it from
 * one of these under another name.
 */
export function entryFiles({ files, options }: Unit): readonly string[] {
  const texts = new Map<string, string>();
  for (const file of files) {
    const text = textOf(file);
    if (text !== undefined) texts.set(file, text);
  }
  const found = [...texts].filter(([, text]) => namesLanguage(text)).map(([file]) => file);
  if (found.length === 0) return [];
  const entries = new Set(found);
  const namedBy = usersByName(texts);
  // Grows while it is walked: who has the language from one of these may hand it on too.
  for (const file of found) {
    if (!givesLanguage(texts.get(file) ?? "")) continue;
    for (const user of namesOf(file, options).flatMap((name) => namedBy.get(name) ?? [])) {
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
  const isAround = /(?:=>|return|[={};])\s*workflow\s*[(<;]|\bworkflow\s*\(\s*(?!\{)/.test(text);
  const isExported = /export\s*(?:default|=|\{)|exports/.test(text);
  return isHandedOn || isAround || isExported;
}

/** By the last part of what files import, by their text alone: which files name it. */
function usersByName(texts: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const [file, text] of texts) {
    const names = new Set<string>();
    for (const [, specifier = ""] of text.matchAll(SPECIFIER)) names.add(lastPart(specifier));
    for (const name of names) {
      const known = users.get(name);
      if (known === undefined) users.set(name, [file]);
      else known.push(file);
    }
  }
  return users;
}

/** A text that may be a module's name: without blanks, and not longer than names are. */
const SPECIFIER = /(?:from|import|require)\b\s*\(?\s*["']([^"'\s]{1,200})["']/g;

const lastPart = (path: string): string => {
  const [, name = ""] = /(?:^|[/#~@])([^/#~@]*)$/.exec(path.replace(/\/$/, "")) ?? [];
  return name === "." || name === ".." ? INDEX : name.replace(/(?:\.d)?\.[cm]?[jt]sx?$/, "");
};

const INDEX = "index";

/** What a file may be imported by: its own name, an alias; an index, by its folder's or none. */
function namesOf(file: string, options: ts.CompilerOptions): readonly string[] {
  const parts = file.split("/");
  const name = lastPart(file);
  const aliases = Object.entries(options.paths ?? {})
    .filter(([, targets]) => targets.some((target) => lastPart(target) === name))
    .map(([alias]) => lastPart(alias));
  return name === INDEX ? [INDEX, parts.at(-2) ?? "", ...aliases] : [name, ...aliases];
}

/** Throws `lint-config-invalid` for a file that is there and cannot be read. */
function textOf(path: string): string | undefined {
  try {
    return readSource(path);
  } catch (error) {
    if (!existsSync(path)) return undefined;
    throw invalid(`${path} cannot be read: ${reasonOf(error)}`);
  }
}
