// expect: none
import { z } from "zod";
import { workflow } from "raftoral";
const Order = z.object({ n: z.number() });
export const wf = workflow({ name: "zod-parse", version: 1, run: function* (input: { n: number }) {
  return Order.parse(input).n;
} });
