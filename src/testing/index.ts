// What tests of workflows use.

export { type Cluster, type ClusterOptions, createCluster } from "./cluster.ts";
export type { CrashMatrixReport } from "./crash-matrix.ts";
export type { EffectCall } from "./engine/effect-bodies.ts";
export {
  type TestClock,
  type TestCrashMatrixOptions,
  TestEngine,
  type TestEngineOptions,
  type TestStartOptions,
} from "./engine/test-engine.ts";
export type { TestRun } from "./engine/test-run.ts";
export { type Place, type WaitedFor, waitingFor } from "./engine/waiting-for.ts";
export {
  failTimes,
  hanging,
  type ProvidedAttempt,
  type ProvidedBody,
  type Provider,
  provide,
  provideCompute,
  provideWhen,
  throwing,
} from "./provide.ts";
export {
  type HistoryText,
  type ReplayDivergence,
  type Replayed,
  type ReplayOptions,
  replayHistories,
  replayHistory,
} from "./replay.ts";
export { StepThroughError, TestEngineError } from "./report.ts";
export {
  type OutsideTools,
  type SimulatedFaults,
  type SimulatedProgram,
  type SimulateOptions,
  type SimulateReport,
  SimulationError,
  simulate,
} from "./simulate.ts";
export type {
  CallControl,
  ChildControl,
  FailOptions,
  SignalControl,
  SleepControl,
} from "./step/control.ts";
export type { Current, Waiting, WaitingEffect } from "./step/current.ts";
export type { ErrorExpectation } from "./step/errors.ts";
export type { BranchesControl, RaceControl, Scope } from "./step/scope.ts";
export type { AnswerOf, AnySignal, Expected, ExpectedAt, LabelOf, Shape } from "./step/shape.ts";
export { type StepThrough, type StepThroughOptions, stepThrough } from "./step/step-through.ts";
export type { TraceLine } from "./step/trace.ts";
