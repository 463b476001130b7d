// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "catch-without-effects", version: 1, run: function* (input: { n: number; kind: string }) {
  let parsed: unknown;
  try {
    parsed = JSON.parse(input.kind);
  } catch {
    parsed = undefined;
  }
  return parsed === undefined ? input.n : 0;
} });
