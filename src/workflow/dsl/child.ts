import { invalidArgument } from "../../errors.ts";
import type { AnyWorkflow, Workflow } from "./define.ts";
import { type ChildRun, type Op, op, type ParentClose } from "./effect.ts";
import { refuseUnknown } from "./known-options.ts";

export interface ChildOptions {
  /** Names the child's run. Default: one made of the parent's run and the effect's path. */
  readonly id?: string;
  /**
   * What becomes of the child when its parent ends, or the branch that waits for it is cancelled:
   * `cancel` (it may clean up; default), `terminate`, or `abandon`: it goes on by itself.
   */
  readonly parentClose?: ParentClose;
}

/** `yield* child(workflow, input)` waits for the end; `child.start` for the beginning alone. */
export interface Child {
  /**
   * Runs a workflow as a run of its own and gives what it returns. Throws `WorkflowFailed` (its
   * `cause` is what the child threw), `WorkflowCancelled`, `WorkflowTerminated`,
   * `WorkflowConflict` when its id is taken, or `InputInvalid` for an input that does not fit the
   * workflow's schema, which must be synchronous here.
   */
  <I, O>(workflow: Workflow<I, O>, input: I, options?: ChildOptions): Op<O>;
  /** Gives a handle as soon as the child is started. Throws `WorkflowConflict`, `InputInvalid`. */
  start<I, O>(workflow: Workflow<I, O>, input: I, options?: ChildOptions): Op<ChildRun<O>>;
}

const CLOSES: readonly ParentClose[] = ["cancel", "terminate", "abandon"];
const ID_CHARACTERS_MAX = 256;

export const child: Child = Object.freeze(
  Object.assign(
    <I, O>(workflow: Workflow<I, O>, input: I, options: ChildOptions = {}) =>
      ask<O>({ workflow, input, options, waitsFor: "end" }),
    {
      start: <I, O>(workflow: Workflow<I, O>, input: I, options: ChildOptions = {}) =>
        ask<ChildRun<O>>({ workflow, input, options, waitsFor: "start" }),
    },
  ),
);

function ask<A>(asked: {
  readonly workflow: Pick<AnyWorkflow, "name" | "version" | "input">;
  readonly input: unknown;
  readonly options: ChildOptions;
  readonly waitsFor: "start" | "end";
}): Op<A> {
  const { workflow, input, options, waitsFor } = asked;
  refuseUnknown("child", options, { id: true, parentClose: true });
  const { id, parentClose = "cancel" } = options;
  if (id !== undefined && !(id.length >= 1 && id.length <= ID_CHARACTERS_MAX)) {
    throw invalidArgument(`the id of a child is a text of 1 to ${ID_CHARACTERS_MAX} characters`);
  }
  if (!CLOSES.includes(parentClose))
    throw invalidArgument(`parentClose is one of ${CLOSES.join(", ")}`);
  const { name, version, input: schema } = workflow;
  return op({ kind: "child", name, version, input, schema, id, parentClose, waitsFor });
}
