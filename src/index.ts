// The public surface: authoring, embedding, errors. Everything else is private.

export type { Admin, ClusterMember, ClusterStatus } from "./client/admin.ts";
export type {
  ListFilter,
  ReadOptions,
  RunDescription,
  RunPage,
  RunStatusKind,
} from "./client/gateway.ts";
export type { ResultOptions, RunHandle } from "./client/handle.ts";
export type { StartOptions } from "./client/start-run.ts";
export {
  type ErrorCode,
  Overloaded,
  RaftoralError,
  TimedOut,
  Unserializable,
  WorkflowConflict,
  WorkflowFailed,
  WorkflowNotFound,
  WorkflowTerminated,
} from "./errors.ts";
export type { Boot, Network, NodeOptions } from "./node/config.ts";
export { type Client, type ClientOptions, connect } from "./node/connect.ts";
export type { Node, StopOptions } from "./node/node.ts";
export { memoryNetwork, startNode } from "./node/start-node.ts";
export type { MemberStatus, NodeStatus } from "./node/status.ts";
export type { NatsOptions } from "./transport/nats-options.ts";
export type { CallOptions, Fx, FxLog, RetryOptions } from "./workflow/dsl/call.ts";
export { all, race } from "./workflow/dsl/combinators.ts";
export {
  type AnyWorkflow,
  type InputOf,
  type OutputOf,
  type Workflow,
  type WorkflowDefinition,
  workflow,
} from "./workflow/dsl/define.ts";
export { info, log, now, random, uuid } from "./workflow/dsl/derived.ts";
export type { Duration } from "./workflow/dsl/duration.ts";
export type { Branch, Gen, Op, RunInfo, Suspend, Variable } from "./workflow/dsl/effect.ts";
export { sleep } from "./workflow/dsl/sleep.ts";
export { compute, effects, step } from "./workflow/dsl/step.ts";
export { checkpoint, variable } from "./workflow/dsl/write-behind.ts";
