// The public surface: authoring, embedding, errors. Everything else is private.

export type { Admin, ClusterMember, ClusterStatus } from "./client/admin.ts";
export type {
  HistoryOptions,
  ListFilter,
  ReadOptions,
  RunDescription,
  RunPage,
  RunStatusKind,
  VersionUse,
  WaitDescription,
} from "./client/gateway.ts";
export type {
  CancelOptions,
  ResetOptions,
  ResultOptions,
  RunHandle,
  SignalOptions,
  WatchOptions,
} from "./client/handle.ts";
export type { StartOptions } from "./client/start-run.ts";
export {
  Cancelled,
  CompensationFailed,
  DiskFull,
  EffectOutcomeUnknown,
  type ErrorCode,
  InputInvalid,
  type InputIssue,
  NonRetryable,
  Overloaded,
  RaftoralError,
  TimedOut,
  Unserializable,
  WorkflowCancelled,
  WorkflowConflict,
  WorkflowEnded,
  WorkflowFailed,
  WorkflowNotFound,
  WorkflowTerminated,
  WorkflowTimedOut,
} from "./errors.ts";
export type { Boot, Network, NodeOptions } from "./node/config.ts";
export { type Client, type ClientOptions, connect } from "./node/connect.ts";
export type { DiskUse } from "./node/identity.ts";
export type { Node, StopOptions } from "./node/node.ts";
export { memoryNetwork, startNode } from "./node/start-node.ts";
export type { MemberStatus, NodeStatus } from "./node/status.ts";
export type { NatsOptions } from "./transport/nats-options.ts";
export type { CallOptions, Fx, FxLog, RetryOptions } from "./workflow/dsl/call.ts";
export { type Child, type ChildOptions, child } from "./workflow/dsl/child.ts";
export { all, allSettled, any, type MapOptions, map, race } from "./workflow/dsl/combinators.ts";
export {
  type AnyWorkflow,
  type CheckedWorkflowDefinition,
  type InputOf,
  type OutputOf,
  type Workflow,
  type WorkflowDefinition,
  workflow,
} from "./workflow/dsl/define.ts";
export { info, log, now, random, uuid } from "./workflow/dsl/derived.ts";
export type { Duration } from "./workflow/dsl/duration.ts";
export type {
  Branch,
  ChildRun,
  Gen,
  Op,
  ParentClose,
  RunInfo,
  Suspend,
  Task,
  Variable,
} from "./workflow/dsl/effect.ts";
export { continueAsNew, fail } from "./workflow/dsl/ending.ts";
export { patched } from "./workflow/dsl/patched.ts";
export type { PayloadCodec } from "./workflow/dsl/payload-codec.ts";
export { type Saga, saga } from "./workflow/dsl/saga.ts";
export type {
  AnySchema,
  SchemaInput,
  SchemaOutput,
  StandardSchema,
} from "./workflow/dsl/schema.ts";
export {
  type ReceiveOptions,
  receive,
  type Signal,
  type SignalDefinition,
  signal,
} from "./workflow/dsl/signal.ts";
export { sleep, sleepUntil } from "./workflow/dsl/sleep.ts";
export { type CheckedCallOptions, compute, effects, step } from "./workflow/dsl/step.ts";
export { shield, spawn } from "./workflow/dsl/task.ts";
export {
  type ClassTypeDefinition,
  type ValueType,
  type ValueTypeDefinition,
  valueType,
} from "./workflow/dsl/value-type.ts";
export { checkpoint, variable } from "./workflow/dsl/write-behind.ts";
