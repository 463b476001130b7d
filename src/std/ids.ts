// Branded numbers and strings, so that a Term never meets an Index. The only place that makes them.

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A Raft member's id: given by the log, never reused, at least 1. 0 means "none". */
export type NodeId = Brand<number, "NodeId">;
export type Term = Brand<number, "Term">;
/** A position in the Raft log; the first entry has 1, 0 means "before the log". */
export type Index = Brand<number, "Index">;

export const nodeId = (value: number): NodeId => value as NodeId;
export const term = (value: number): Term => value as Term;
export const index = (value: number): Index => value as Index;

/** No node: an unset vote, an unknown leader. */
export const NONE: NodeId = nodeId(0);

/** One execution of one workflow version in one group: `<group>-<log index>-<offset>`. */
export type RunId = Brand<string, "RunId">;
export const runId = (value: string): RunId => value as RunId;

/**
 * Where an effect stands in the generator and its branches: `3`, `3.a.1`. Deterministic.
 * Kind and name stand beside it wherever a path is recorded (SEMANTICS, "effect path").
 */
export type Path = Brand<string, "Path">;
export const path = (value: string): Path => value as Path;

/**
 * The ordinal of a record among all that the group accepted for one run: 0 is its Start.
 * Orders records as (log index, offset in the batch) does, and stays small and dense.
 */
export type Position = Brand<number, "Position">;
export const position = (value: number): Position => value as Position;
/** Before the Start: what `through` is while nothing was fed. */
export const BEFORE_START: Position = position(-1);

/** Log index of the entry that made the present owner owner (SEMANTICS, "epoch"). */
export type Epoch = Brand<number, "Epoch">;
export const epoch = (value: number): Epoch => value as Epoch;

/** Log index of a process's announcement: tells two processes with one member id apart. */
export type Incarnation = Brand<number, "Incarnation">;
export const incarnation = (value: number): Incarnation => value as Incarnation;
