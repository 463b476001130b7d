// expect: time @ line 5
import { define, nap } from "./_lib/language.js";
export const wf = define({ name: "time-language-re-exported", version: 1, run: function* (input: { n: number }) {
  yield* nap("1s");
  return Date.now() - input.n;
} });
