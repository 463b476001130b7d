// The workflow language's types, as far as the cases need them.
export type Op<T> = Generator<unknown, T, any>;
export type Gen<T> = Generator<unknown, T, any>;
export interface Fx<D = unknown> { readonly attempt: number; readonly signal: AbortSignal; readonly deps: D }
export interface Step<I, R> { (input: I): Op<R>; readonly stepName: string }
export interface Signal<T> { readonly name: string; readonly payload?: T }
export interface Variable<T> { readonly value: T; set(value: T): Op<void>; update(f: (value: T) => T): Op<T> }
export interface Definition<I, O> { name: string; version?: number; run: (input: I) => Generator<unknown, O, any> }
type Branch<T> = Op<T> | (() => Op<T>);
export declare function compute<T>(key: string, fn: (fx: Fx) => T | Promise<T>): Op<T>;
export declare function step<I, R>(name: string, fn: (input: I, fx: Fx) => R | Promise<R>): Step<I, R>;
export declare function effects<D>(): {
  step<I, R>(name: string, fn: (input: I, fx: Fx<D>) => R | Promise<R>): Step<I, R>;
  compute<T>(key: string, fn: (fx: Fx<D>) => T | Promise<T>): Op<T>;
};
export declare function checkpoint<T>(key: string, value: T): Op<T>;
export declare function variable<T>(key: string, initial: T): Op<Variable<T>>;
export declare function sleep(duration: string | number): Op<void>;
export declare function signal<T>(name: string): Signal<T>;
export declare function receive<T>(signal: Signal<T>, options?: { timeout?: string }): Op<T | undefined>;
export declare function all<T>(branches: readonly Branch<T>[]): Op<T[]>;
export declare function race<T>(branches: Record<string, Branch<T>>): Op<{ tag: string; value: T }>;
export declare function now(): Op<Date>;
export declare function random(): Op<number>;
export declare function uuid(): Op<string>;
export declare function log(message: string, fields?: Record<string, unknown>): Op<void>;
export declare function continueAsNew(input: unknown): Op<never>;
export declare function workflow<I, O>(definition: Definition<I, O>): Definition<I, O>;
export type { Branch };
export interface Saga { compensate(undo: () => Branch<unknown>): void; run<A>(branch: Branch<A>, undo: (value: A) => Branch<unknown>): Gen<A> }
export interface Task<T> { join(): Op<T>; cancel(): Op<void> }
export interface Child<O> { result(): Op<O> }
export interface RunInfo { readonly runId: string; readonly workflowId: string }
export type Workflow<I, O> = Definition<I, O>;
export declare class NonRetryable extends Error {}
export declare class Cancelled extends Error {}
export declare function saga<A>(body: (saga: Saga) => Gen<A>): Op<A>;
export declare function spawn<T>(branch: Branch<T>): Op<Task<T>>;
export declare function shield<T>(branch: Branch<T>): Op<T>;
export declare function child<I, O>(workflow: Definition<I, O>, input: I, options?: { id?: string }): Op<Child<O>>;
export declare function map<T, R>(items: readonly T[], branch: (item: T) => Branch<R>, options?: { concurrency?: number }): Op<R[]>;
export declare function any<T>(branches: readonly Branch<T>[]): Op<{ tag: number; value: T }>;
export declare function allSettled<T>(branches: readonly Branch<T>[]): Op<PromiseSettledResult<T>[]>;
export declare function sleepUntil(at: Date | number): Op<void>;
export declare function patched(key: string): Op<boolean>;
export declare function info(): Op<RunInfo>;
export declare function fail(error: unknown): Op<never>;
