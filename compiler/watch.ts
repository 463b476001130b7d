import { type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CONFIG_FILE } from "./config/load.ts";
import { isSkipped, isSourceFile, listTree } from "./project/tree.ts";

/** Editors write a file in several steps: what changes within this time is one change. */
export const SETTLE_MS = 50;

export interface Watching {
  readonly stop: () => void;
}

/**
 * Calls back when sources or configuration below a folder change: with the absolute paths, one call
 * for what belongs together. Folders that appear are watched too; packages are not.
 */
export function watchTree(
  directory: string,
  onChange: (paths: ReadonlySet<string>) => void,
): Watching {
  const watchers = new Map<string, FSWatcher>();
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const settle = (): void => {
    timer = undefined;
    const paths = changed;
    changed = new Set();
    onChange(paths);
  };
  const seen = (path: string): void => {
    changed.add(path);
    timer ??= setTimeout(settle, SETTLE_MS);
  };
  const add = (folder: string): void => {
    if (watchers.has(folder)) return;
    const watcher = watch(folder, (_event, name) => {
      if (name === null || isSkipped(name)) return;
      const path = join(folder, name);
      if (isWatched(name)) seen(path);
      else if (isFolder(path)) for (const below of listTree(path)?.folders ?? []) addNew(below);
    });
    // The folder is gone: its parent tells what that means for the files.
    watcher.on("error", () => drop(folder));
    watchers.set(folder, watcher);
  };
  const addNew = (folder: string): void => {
    if (watchers.has(folder)) return;
    try {
      add(folder);
    } catch {
      return;
    }
    for (const file of listTree(folder)?.files ?? []) {
      if (dirname(file) === folder) seen(file);
    }
  };
  const drop = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  for (const folder of listTree(directory)?.folders ?? [directory]) add(folder);
  return {
    stop: () => {
      clearTimeout(timer);
      for (const folder of [...watchers.keys()]) drop(folder);
    },
  };
}

/** Whether a change of this file can change the report without any other file's change. */
export function isConfiguration(path: string): boolean {
  const name = basename(path);
  return name === CONFIG_FILE || name === "package.json" || /^tsconfig.*\.json$/.test(name);
}

function isWatched(name: string): boolean {
  return isSourceFile(name) || isConfiguration(name);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
