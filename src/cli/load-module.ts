// The user's module: what `raftoral node` runs.

import { readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { RaftoralError } from "../errors.ts";
import { type AnyWorkflow, isWorkflow } from "../workflow/dsl/define.ts";
import type { PayloadCodec } from "../workflow/dsl/payload-codec.ts";
import type { ValueType } from "../workflow/dsl/value-type.ts";

export interface LoadedModule extends ValueExports {
  readonly workflows: readonly AnyWorkflow[];
  /** The export `deps`, or what it gives if it is a function. */
  readonly deps: unknown;
}

/** The exports `codec` and `types`: checked by whoever is given them. */
export interface ValueExports {
  readonly codec?: PayloadCodec;
  readonly types?: readonly ValueType[];
}

/** @throws RaftoralError `module-not-loaded` */
export async function loadValues(path: string): Promise<ValueExports> {
  const values = valuesOf(await loadExports(path));
  if (Object.keys(values).length > 0) return values;
  const message = `${path} exports neither codec nor types: name the module that does`;
  throw new RaftoralError("module-not-loaded", message);
}

const valuesOf = ({ codec, types }: Readonly<Record<string, unknown>>): ValueExports => ({
  ...(isCodec(codec) ? { codec } : {}),
  ...(isTypes(types) ? { types } : {}),
});

/** Whatever it is: one that was left out here would leave values unsealed, and nobody told. */
const isCodec = (codec: unknown): codec is PayloadCodec => codec !== undefined;

const isTypes = (types: unknown): types is readonly ValueType[] => types !== undefined;

/** @throws RaftoralError `module-not-loaded` */
export async function loadModule(path: string): Promise<LoadedModule> {
  const exported = await loadExports(path);
  const workflows = Object.values(exported).flatMap((value) =>
    Array.isArray(value) ? value.filter(isWorkflow) : isWorkflow(value) ? [value] : [],
  );
  if (workflows.length === 0) {
    const message = `${path} exports no workflow: export what workflow({ name, run }) gives`;
    throw new RaftoralError("module-not-loaded", message);
  }
  const { deps } = exported;
  const values = valuesOf(exported);
  return { workflows, deps: typeof deps === "function" ? await deps() : deps, ...values };
}

/** Other modules of a folder may do something when they are loaded. */
const WORKFLOW_FILE = /(?:^|[/\\.-])workflows?\.[cm]?[jt]s$/;
const SKIPPED = /(?:^|[/\\])(?:node_modules|\.git)[/\\]/;

/**
 * The module itself; of a folder every `workflow.ts`, `workflows.ts`, `*.workflow.ts` and
 * `*-workflow.ts` below it, or their like in JavaScript.
 * @throws RaftoralError `module-not-loaded`: it has none.
 */
export function workflowFiles(path: string): readonly string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => WORKFLOW_FILE.test(name) && !SKIPPED.test(name))
    .sort();
  if (names.length > 0) return names.map((name) => join(path, name));
  const message = `${path} has no workflow.ts, workflows.ts or *.workflow.ts: name the modules`;
  throw new RaftoralError("module-not-loaded", message);
}

/**
 * What a module exports, by name.
 * @throws RaftoralError `module-not-loaded`
 */
export async function loadExports(module: string): Promise<Readonly<Record<string, unknown>>> {
  const path = resolve(module);
  const isTypeScript = /\.[cm]?ts$/.test(extname(path));
  const found = statSync(path, { throwIfNoEntry: false });
  const isMissing = isTypeScript && found === undefined;
  if (isMissing || found?.isDirectory() === true) {
    const what = isMissing ? "there is no such file" : "it is a folder: name a module";
    throw new RaftoralError("module-not-loaded", `${path}: ${what}`);
  }
  if (isTypeScript) await readTypeScript(path);
  try {
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RaftoralError("module-not-loaded", `${path}: ${why}`, { cause });
  }
}

/** By the `tsx` of the module's own project: to import it is to switch it on. */
async function readTypeScript(path: string): Promise<void> {
  try {
    await import(pathToFileURL(createRequire(pathToFileURL(path)).resolve("tsx")).href);
  } catch (cause) {
    throw new RaftoralError(
      "module-not-loaded",
      `${path} is TypeScript: install tsx beside it (npm install tsx), or compile it first`,
      { cause },
    );
  }
}
