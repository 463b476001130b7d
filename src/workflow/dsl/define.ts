import { RaftoralError } from "../../errors.ts";
import type { Gen, Op } from "./effect.ts";
import { refuseUnknown } from "./known-options.ts";
import { checkName } from "./name.ts";
import { type AnySchema, checkSchema, type SchemaInput, type SchemaOutput } from "./schema.ts";

declare const given: unique symbol;

/** A workflow's definition: plain, frozen data. Registered by `startNode({ workflows })`. */
export interface Workflow<I, O> {
  readonly name: string;
  readonly version: number;
  /** What a start's input must fit. */
  readonly input?: AnySchema | undefined;
  /** In the type alone. A method, so that a Workflow of any input is an AnyWorkflow. */
  [given]?(input: I): void;
  /** Of what was recorded: what the schema made of the start's input, or that itself. */
  run(input: unknown): Gen<O>;
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

/**
 * The same, with a schema of any library by standardschema.dev. Whoever starts a run gives what it
 * takes; the body gets what it makes of that, which is what is recorded: no replay asks it again.
 */
export interface CheckedWorkflowDefinition<S extends AnySchema, O>
  extends WorkflowDefinition<SchemaOutput<S>, O> {
  readonly input: S;
}

/** Did `workflow` make it, this library's or another copy's? Plain JavaScript hands in anything. */
export function isWorkflow(value: unknown): value is AnyWorkflow {
  if (typeof value !== "object" || value === null) return false;
  return (
    "name" in value &&
    typeof value.name === "string" &&
    "version" in value &&
    typeof value.version === "number" &&
    "run" in value &&
    typeof value.run === "function"
  );
}

/** @throws RaftoralError `invalid-argument` */
export function checkWorkflow(value: unknown): void {
  if (isWorkflow(value)) return;
  const message = `no workflow is ${typeof value === "function" ? "a function" : String(value)}`;
  throw new RaftoralError(
    "invalid-argument",
    `${message}: a workflow is what workflow({ name, run }) gives`,
  );
}

/** @throws RaftoralError `invalid-argument` */
export function workflow<S extends AnySchema, O = unknown>(
  definition: CheckedWorkflowDefinition<S, O>,
): Workflow<SchemaInput<S>, O>;
export function workflow<I = void, O = unknown>(
  definition: WorkflowDefinition<I, O>,
): Workflow<I, O>;
export function workflow<O>(
  definition: WorkflowDefinition<never, O> & { readonly input?: AnySchema },
): Workflow<unknown, O> {
  refuseUnknown("workflow", definition, { name: true, version: true, input: true, run: true });
  const { name, version = 1, input, run } = definition;
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
  checkSchema(input, name);
  return Object.freeze({ name, version, ...(input === undefined ? {} : { input }), run });
}

const isAsync = (run: unknown): boolean =>
  /^\[object Async/.test(Object.prototype.toString.call(run));
