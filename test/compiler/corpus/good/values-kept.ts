// expect: none
import { checkpoint, workflow } from "raftoral";
export const wf = workflow({ name: "values-kept", version: 1, run: function* (input: { n: number }) {
  yield* checkpoint("all", { at: new Date(input.n), map: new Map([["a", 1]]), set: new Set([1]), big: 10n, re: /a/, url: new URL("https://a.test"), none: undefined, bytes: new Uint8Array(2) });
  return input.n;
} });
