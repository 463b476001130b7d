// What tests of workflows use.

export { type Cluster, type ClusterOptions, createCluster } from "./cluster.ts";
export {
  type CrashMatrixOptions,
  type CrashMatrixReport,
  crashMatrix,
  type MatrixWorld,
} from "./crash-matrix.ts";
export {
  failTimes,
  type ProvidedAttempt,
  type ProvidedBody,
  type Provider,
  provide,
  provideWhen,
  throwing,
} from "./provide.ts";
export {
  type HistoryText,
  type ReplayDivergence,
  type Replayed,
  replayHistories,
  replayHistory,
} from "./replay.ts";
export type {
  CallControl,
  ChildControl,
  FailOptions,
  SignalControl,
  SleepControl,
} from "./step/control.ts";
export type { Current, Waiting, WaitingEffect } from "./step/current.ts";
export type { ErrorExpectation } from "./step/errors.ts";
export { StepThroughError } from "./step/report.ts";
export type { BranchesControl, RaceControl, Scope } from "./step/scope.ts";
export type { AnswerOf, AnySignal, Expected, Shape } from "./step/shape.ts";
export { type StepThrough, type StepThroughOptions, stepThrough } from "./step/step-through.ts";
export type { TraceLine } from "./step/trace.ts";
