import { type Dirent, existsSync, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { readSource } from "./files.ts";
import { sha256 } from "./hash.ts";

/** A tree with more source files than this is read by the analysis alone, without short cuts. */
export const TREE_FILES_MAX = 100_000;

const SOURCE = /\.[cm]?[jt]sx?$/;
/** What a file contains that imports the workflow language, or is about to. */
const LANGUAGE = "raftoral";

/** A source file of the project's folder, by which a later run sees whether it changed. */
export interface TreeFile {
  readonly size: number;
  readonly mtimeMs: number;
  /** Of the content, if that names the workflow language's package; other files may change. */
  readonly hash?: string;
}

/** Source files below a folder, by path with `/`. */
export type Tree = ReadonlyMap<string, TreeFile>;

/** Folders and sources below `directory`, without packages and dot folders. */
export function listTree(directory: string): TreeListing | undefined {
  const folders = [directory];
  const files: string[] = [];
  // Grows while it is walked: each folder brings those below it.
  for (const folder of folders) {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !isSkipped(entry.name)) folders.push(path);
      if (entry.isFile() && SOURCE.test(entry.name)) files.push(path);
    }
    if (files.length > TREE_FILES_MAX) return undefined;
  }
  return { folders, files };
}

/** Is any source below this folder? */
export const hasSources = (directory: string): boolean =>
  (listTree(directory)?.files.length ?? TREE_FILES_MAX) > 0;

export interface TreeListing {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

export function isSkipped(folder: string): boolean {
  return folder === "node_modules" || folder.startsWith(".");
}

/** Whether this text imports the workflow language, or something that is called so. */
export function namesLanguage(text: string): boolean {
  return text.includes(LANGUAGE);
}

export function isSourceFile(name: string): boolean {
  return SOURCE.test(name);
}

/**
 * Reads each source file, but for those that `known` has with the same size and time. Undefined
 * when there are too many.
 */
export function readTree(directory: string, known?: Tree): Tree | undefined {
  const listing = listTree(directory);
  if (listing === undefined) return undefined;
  const tree = new Map<string, TreeFile>();
  for (const path of listing.files) {
    const name = relative(directory, path).split(sep).join("/");
    const file = treeFile(path, known?.get(name));
    if (file !== undefined) tree.set(name, file);
  }
  return tree;
}

function treeFile(path: string, known: TreeFile | undefined): TreeFile | undefined {
  try {
    const { size, mtimeMs } = statSync(path);
    if (known !== undefined && known.size === size && known.mtimeMs === mtimeMs) return known;
    const text = readSource(path);
    return namesLanguage(text) ? { size, mtimeMs, hash: sha256(text) } : { size, mtimeMs };
  } catch {
    // Gone between listing and reading: as if it had never been there. One that is there and cannot
    // be read is no reason to say that nothing names the language: the analysis tells of it.
    return existsSync(path) ? { size: 0, mtimeMs: 0, hash: "unreadable" } : undefined;
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
