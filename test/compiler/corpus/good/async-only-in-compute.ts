// expect: none
import { compute, workflow } from "raftoral";
async function price(n: number): Promise<number> { return (await fetch("https://a.test/" + n)).status; }
export const wf = workflow({ name: "async-only-in-compute", version: 1, run: function* (input: { n: number }) {
  return yield* compute("price", async () => { const found = await price(input.n); return await Promise.resolve(found); });
} });
