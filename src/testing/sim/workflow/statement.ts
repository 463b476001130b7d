// A workflow program as a tree: what `grower.ts` grows and `program.ts` runs.

export type Statement =
  | { readonly kind: "checkpoint"; readonly to: number }
  | { readonly kind: "set"; readonly variable: number; readonly from: number }
  | { readonly kind: "update"; readonly variable: number; readonly to: number }
  /** Declares a variable once more: it keeps its value. */
  | { readonly kind: "declare"; readonly variable: number; readonly to: number }
  | Call
  | { readonly kind: "sleep" | "sleepUntil"; readonly ms: number }
  | { readonly kind: "now" | "random" | "uuid" | "log" | "info"; readonly to: number }
  | {
      readonly kind: "receive";
      /** `never`: nobody sends it. */
      readonly signal: number | "never";
      readonly timeoutMs: number | undefined;
      readonly to: number;
    }
  | {
      readonly kind: "all" | "race" | "allSettled" | "any";
      readonly isRecord: boolean;
      readonly branches: readonly Statement[];
      readonly to: number;
    }
  | {
      readonly kind: "map";
      readonly branches: readonly Statement[];
      readonly concurrency: number;
      readonly to: number;
    }
  | {
      readonly kind: "spawn";
      readonly task: Statement;
      readonly beside: Statement;
      readonly end: "join" | "cancel" | "nothing";
      readonly to: number;
    }
  | {
      readonly kind: "child";
      readonly from: number;
      readonly to: number;
      readonly waitsFor: "end" | "start" | "both";
      readonly parentClose: "cancel" | "terminate" | "abandon";
    }
  | { readonly kind: "shield"; readonly body: Statement }
  | {
      readonly kind: "saga";
      readonly body: Statement;
      readonly undo: Statement;
      /** The undo belongs to one effect's result, not to the whole. */
      readonly isOfResult: boolean;
    }
  | {
      /** The guard came with the new code: old code has no such statement, and takes `no`. */
      readonly kind: "patched";
      readonly id: string;
      readonly yes: Statement;
      readonly no: Statement;
    }
  | { readonly kind: "fail"; readonly isFinal: boolean }
  | { readonly kind: "continueAsNew" }
  /** Says by a variable that it waits for its cancellation, and for nothing else. */
  | { readonly kind: "awaitCancel" }
  | { readonly kind: "if"; readonly on: number; readonly yes: Statement; readonly no: Statement }
  | { readonly kind: "loop"; readonly times: number; readonly body: Statement }
  | {
      readonly kind: "try";
      readonly body: Statement;
      readonly cleanUp: Statement;
      /** `all`: a cancellation too. */
      readonly catches: "nothing" | "failures" | "all";
    }
  | { readonly kind: "sequence"; readonly body: readonly Statement[] };

export interface Call {
  readonly kind: "compute" | "step";
  readonly from: number;
  readonly to: number;
  readonly attempts: number;
  readonly atMostOnce: boolean;
  readonly timeout: { readonly of: "attempt" | "all"; readonly ms: number } | undefined;
  /** What its bodies do; undefined: what the world's dice say. */
  readonly fate: FateKind | undefined;
}

export type FateKind = "gives" | "fails" | "is final" | "is flaky" | "hangs";

export const sequence = (...body: readonly Statement[]): Statement => ({ kind: "sequence", body });
