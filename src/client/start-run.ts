// A start as members and clients do it: the id is chosen here, before anything is sent.

import { RaftoralError } from "../errors.ts";
import type { Workflow } from "../workflow/dsl/define.ts";
import type { ValueCodec } from "../workflow/dsl/value-codec.ts";
import type { Gateway } from "./gateway.ts";
import { createHandle, type RunHandle } from "./handle.ts";

export interface StartOptions {
  /** Names the run: starting it again joins it. At most 256 characters. Default: a random id. */
  readonly id?: string;
}

export interface StarterParts {
  readonly gateway: Gateway;
  readonly codec: ValueCodec;
  newId(): string;
}

const ID_LENGTH_MAX = 256;

export async function startRun<I, O>(
  parts: StarterParts,
  workflow: Workflow<I, O>,
  input: I,
  options: StartOptions,
): Promise<RunHandle<O>> {
  const { gateway, codec } = parts;
  const id = options.id ?? parts.newId();
  checkId(id);
  await gateway.start({
    workflowId: id,
    name: workflow.name,
    version: workflow.version,
    input: codec.encode(input),
    inputHash: codec.hash(input),
  });
  return createHandle(id, parts);
}

export function getRun<O>(parts: StarterParts, id: string): RunHandle<O> {
  checkId(id);
  return createHandle(id, parts);
}

function checkId(id: string): void {
  if (typeof id === "string" && id.length >= 1 && id.length <= ID_LENGTH_MAX) return;
  throw new RaftoralError("invalid-argument", `id: 1 to ${ID_LENGTH_MAX} characters`);
}
