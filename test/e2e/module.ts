import process from "node:process";
import { effects, type Gen, sleep, variable, workflow } from "raftoral";

// What the nodes of the end-to-end suite run. Effects act on a server that remembers every one.

interface Deps {
  readonly act: (key: string, run: string, attempt: number) => Promise<void>;
}

const { step } = effects<Deps>();

export function deps(): Deps {
  const { EFFECT_SERVER = "", NODE_NAME = "" } = process.env;
  process.on("message", (message) => {
    if (typeof message !== "object" || message === null || !("blockMs" in message)) return;
    block(Number(message.blockMs));
  });
  return {
    act: async (key, run, attempt) => {
      const response = await fetch(EFFECT_SERVER, {
        method: "POST",
        body: JSON.stringify({ key, run, attempt, node: NODE_NAME }),
      });
      if (!response.ok) throw new Error(`the effect server says ${response.status}`);
      await response.text();
    },
  };
}

/** What a user's function that never awaits does to its process. */
function block(durationMs: number): void {
  const untilMs = performance.now() + durationMs;
  while (performance.now() < untilMs) Math.sqrt(untilMs);
}

const act = step(
  "act",
  async ({ run }: { readonly run: string }, fx) => {
    await fx.deps.act(fx.idempotencyKey, run, fx.attempt);
    return fx.attempt;
  },
  { retry: { attempts: 50, backoff: "50ms", maxBackoff: "1s" }, timeout: "5s" },
);

export interface ChainInput {
  readonly run: string;
  readonly effects: number;
}

/** Its progress only grows, so that two reads in order can be held against each other. */
export const chain = workflow({
  name: "chain",
  run: function* ({ run, effects: count }: ChainInput): Gen<number> {
    const progress = yield* variable("progress", 0);
    for (let i = 1; i <= count; i++) {
      yield* act({ run });
      yield* progress.set(i);
      yield* sleep("100ms");
    }
    return progress.value;
  },
});
