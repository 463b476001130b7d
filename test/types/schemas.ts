// Compiled by `tsc`, never run: what a schema says is what callers give and bodies get.

import {
  child,
  effects,
  type InputOf,
  type Node,
  type OutputOf,
  receive,
  type Signal,
  signal,
  step,
  type Workflow,
  workflow,
} from "raftoral";
import { z } from "zod";
import { same } from "./workflow-language.ts";

const dated = z.object({ id: z.string(), at: z.string().transform((text) => new Date(text)) });
interface Given {
  id: string;
  at: string;
}
interface Made {
  id: string;
  at: Date;
}

const book = step("book", (input) => input.at, { input: dated, retry: { attempts: 2 } });
const bookWith = effects<{ readonly bank: string }>().step(
  "book",
  async (input, fx) => [input.at, fx.deps.bank] as const,
  { input: dated },
);
const moved = signal("moved", { input: dated });
same<typeof moved, Signal<Given, Made>>(true);

export const checked: Workflow<Given, string> = workflow({
  name: "checked",
  input: dated,
  run: function* (input) {
    same<typeof input, Made>(true);
    const at = yield* book({ id: input.id, at: "2030-01-01" });
    same<typeof at, Date>(true);
    const [, bank] = yield* bookWith({ id: input.id, at: "2030-01-01" });
    same<typeof bank, string>(true);
    const read = yield* receive(moved);
    same<typeof read, Made>(true);
    const timed = yield* receive(moved, { timeout: "1s" });
    same<typeof timed, Made | undefined>(true);
    // @ts-expect-error A step takes what its schema takes, not what it makes.
    yield* book(read);
    yield* child(checked, { id: "b", at: "2030-01-01" });
    // @ts-expect-error So does a child.
    yield* child(checked, input);
    return bank;
  },
});
same<InputOf<typeof checked>, Given>(true);
same<OutputOf<typeof checked>, string>(true);

/** A body may take less than the schema makes; not something else. */
export const narrower: Workflow<Given, string> = workflow({
  name: "narrower",
  input: dated,
  run: function* (input: { readonly at: Date }) {
    return input.at.toISOString();
  },
});
// @ts-expect-error A body that takes something else than the schema makes.
workflow({
  name: "other",
  input: dated,
  run: function* (input: { readonly at: string }) {
    return input.at;
  },
});
// @ts-expect-error No schema.
signal("unchecked", { input: "zod" });

export async function outside(node: Node): Promise<void> {
  const run = await node.start(checked, { id: "a", at: "2030-01-01" });
  const result = await run.result();
  same<typeof result, string>(true);
  // @ts-expect-error What the schema makes is not what a start takes.
  await node.start(checked, { id: "a", at: new Date() });
  await run.signal(moved, { id: "a", at: "2030-01-01" });
  // @ts-expect-error Nor what a signal takes.
  await run.signal(moved, { id: "a", at: new Date() });
}
