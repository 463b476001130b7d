import { RaftoralError } from "../../errors.ts";
import type { Gen, Op } from "./effect.ts";
import { refuseUnknown } from "./known-options.ts";
import { checkName } from "./name.ts";

/** A workflow's definition: plain, frozen data. Registered by `startNode({ workflows })`. */
export interface Workflow<I, O> {
  readonly name: string;
  readonly version: number;
  /** A method, so that a Workflow of any input is an AnyWorkflow. */
  run(input: I): Gen<O>;
}

export type AnyWorkflow = Workflow<unknown, unknown>;

export type InputOf<W> = W extends Workflow<infer I, infer _> ? I : never;
export type OutputOf<W> = W extends Workflow<infer _, infer O> ? O : never;

export interface WorkflowDefinition<I, O> {
  readonly name: string;
  /** Default 1. Runs keep the version that they were started with. */
  readonly version?: number;
  /**
   * Deterministic between its effects. `return op` instead of `return yield* op` does not compile.
   */
  // biome-ignore lint/suspicious/noExplicitAny: any Op at all.
  readonly run: (input: I) => Gen<O extends Op<any> ? never : O>;
}

/** @throws RaftoralError `invalid-argument` */
export function workflow<I = void, O = unknown>(
  definition: WorkflowDefinition<I, O>,
): Workflow<I, O> {
  refuseUnknown("workflow", definition, { name: true, version: true, run: true });
  const { name, version = 1, run } = definition;
  checkName(name, "workflow");
  if (!(Number.isSafeInteger(version) && version >= 1)) {
    throw new RaftoralError(
      "invalid-argument",
      `the version of ${name} is a whole number from 1 on, not ${String(version)}`,
    );
  }
  if (typeof run !== "function") {
    throw new RaftoralError("invalid-argument", `the run of ${name} is a generator function`);
  }
  if (isAsync(run)) {
    throw new RaftoralError(
      "invalid-argument",
      `the run of ${name} is async: a workflow is a plain function*, and awaits in its steps`,
    );
  }
  return Object.freeze({ name, version, run });
}

const isAsync = (run: unknown): boolean =>
  /^\[object Async/.test(Object.prototype.toString.call(run));
