// A node as its program sees it: starts runs, finds them, stops.

import type { Admin } from "../client/admin.ts";
import type { Gateway, ListFilter, ReadOptions, RunPage, VersionUse } from "../client/gateway.ts";
import type { RunHandle } from "../client/handle.ts";
import { listFilter } from "../client/list-filter.ts";
import { checkWorkflow, getRun, type StartOptions, startRun } from "../client/start-run.ts";
import { RaftoralError } from "../errors.ts";
import type { Limit } from "../std/within.ts";
import type { Workflow } from "../workflow/dsl/define.ts";
import { type Duration, durationMs } from "../workflow/dsl/duration.ts";
import type { ValueCodec } from "../workflow/dsl/value-codec.ts";
import type { Registry } from "../workflow/runner/registry.ts";
import type { NodeStatus } from "./status.ts";

export interface StopOptions {
  /** How long the hand-over of runs and leadership may take. Default 5 s; 0 stops at once. */
  readonly drain?: Duration;
}

/** One member of a cluster, in this process. */
export interface Node {
  readonly name: string;
  /**
   * Starts a run, owned by this node, and settles once a majority has it. The same id with the same
   * workflow, version and input (equal values, whatever the order of their keys) joins the run.
   * @throws WorkflowConflict (the id is taken by another start), InputInvalid, Unserializable,
   * Overloaded, TimedOut; RaftoralError `workflow-not-registered`, `schema-failed`,
   * `payload-too-large`, `node-stopped`.
   */
  start<I, O>(workflow: Workflow<I, O>, input: I, options?: StartOptions): Promise<RunHandle<O>>;
  /** A handle on a run by its id; asks nobody. */
  get<I, O>(workflow: Workflow<I, O>, id: string): RunHandle<O>;
  /** Oldest first. */
  list(filter?: ListFilter): Promise<RunPage>;
  /** Which versions of workflows there are runs of: one without open runs needs no member. */
  versions(options?: ReadOptions): Promise<readonly VersionUse[]>;
  status(): NodeStatus;
  /** What an operator asks of the cluster. */
  readonly admin: Admin;
  /** Settles when this node has stopped; with the reason, where it did so by itself. */
  readonly ended: Promise<Error | undefined>;
  /** Hands over and leaves office, then ends. What runs here is carried on by the others. */
  stop(options?: StopOptions): Promise<void>;
  /**
   * As `stop`, and out of the cluster for ever: the others no longer count on this node. Its data
   * directory cannot be used again.
   * @throws RaftoralError `invalid-argument` for the last member; TimedOut: the others still count
   * on it, so it runs on; leave again.
   */
  leave(options?: StopOptions): Promise<void>;
}

export interface NodeParts {
  readonly name: string;
  readonly gateway: Gateway;
  readonly codec: ValueCodec;
  readonly registry: Registry;
  readonly admin: Admin;
  readonly ended: Promise<Error | undefined>;
  readonly schemaLimit: Limit;
  newId(): string;
  status(): NodeStatus;
  stop(drainMs: number): Promise<void>;
  leave(drainMs: number): Promise<void>;
}

export function createNode(parts: NodeParts): Node {
  const { gateway, name, registry } = parts;
  return {
    name,
    start: async (workflow, input, options = {}) => {
      checkWorkflow(workflow);
      if (registry.get(workflow.name, workflow.version) === undefined) {
        throw new RaftoralError(
          "workflow-not-registered",
          `${name} does not have ${workflow.name}@${workflow.version}: ` +
            "give it to startNode({ workflows })",
        );
      }
      return startRun(parts, workflow, input, options);
    },
    get: (_workflow, id) => getRun(parts, id),
    list: async (filter) => gateway.list(listFilter(filter)),
    versions: (options = {}) => gateway.versions(options),
    status: () => parts.status(),
    admin: parts.admin,
    ended: parts.ended,
    stop: (options = {}) => parts.stop(durationMs(options.drain ?? "5s")),
    leave: (options = {}) => parts.leave(durationMs(options.drain ?? "5s")),
  };
}
