// expect: none
import { compute, type Gen, workflow } from "raftoral";
export const wf = workflow({ name: "undo-list", version: 1, run: function* (input: { n: number }) {
  const undo: Array<() => Gen<boolean>> = [];
  try {
    yield* compute("reserve", async () => (await fetch("https://a.test")).ok);
    undo.push(function* () { return yield* compute("release", async () => (await fetch("https://a.test")).ok); });
    return yield* compute("pay", async () => (await fetch("https://a.test")).ok);
  } catch (error) {
    for (const each of undo.reverse()) yield* each();
    throw error;
  }
} });
