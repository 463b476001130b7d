import { workflow } from "raftoral";

interface Report { readonly at: Date; readonly lines: ReadonlyMap<string, readonly bigint[]>; readonly error?: Error }
export const wf = workflow({ name: "returned-data", version: 1, run: function* (input: { n: number }): Generator<never, Report | undefined> {
  if (input.n > 3) return undefined;
  return { at: new Date(input.n), lines: new Map([["a", [1n]]]), error: new Error("x") };
} });
