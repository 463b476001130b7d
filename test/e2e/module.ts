import process from "node:process";
import { effects, type Gen, receive, signal, sleep, variable, workflow } from "raftoral";

// What the nodes of the end-to-end suite run. Effects act on a server that remembers every one.

interface Deps {
  /** Gives the text by which the outside world knows this execution. */
  readonly act: (key: string, run: string, attempt: number) => Promise<string>;
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
      return await response.text();
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
  ({ run }: { readonly run: string }, fx) => fx.deps.act(fx.idempotencyKey, run, fx.attempt),
  { retry: { attempts: 50, backoff: "50ms", maxBackoff: "1s" }, timeout: "5s" },
);

export interface ChainInput {
  readonly run: string;
  readonly effects: number;
}

/** Its progress only grows, so that two reads in order can be held against each other. */
export const chain = workflow({
  name: "chain",
  run: function* ({ run, effects: count }: ChainInput): Gen<readonly string[]> {
    const progress = yield* variable("progress", 0);
    const tokens: string[] = [];
    while (tokens.length < count) {
      tokens.push(yield* act({ run }));
      yield* progress.set(tokens.length);
      yield* sleep("100ms");
    }
    return tokens;
  },
});

export interface Note {
  readonly id: string;
  readonly isLast: boolean;
}

export const note = signal<Note>("note");

/** Returns the ids of what it was sent, as it read them. */
export const mailbox = workflow({
  name: "mailbox",
  run: function* (): Gen<readonly string[]> {
    const progress = yield* variable("progress", 0);
    const ids: string[] = [];
    for (;;) {
      const { id, isLast } = yield* receive(note);
      ids.push(id);
      yield* progress.set(ids.length);
      if (isLast) return ids;
    }
  },
});

/** Ends by being cancelled, and cleans up after itself. */
export const patient = workflow({
  name: "patient",
  run: function* ({ run }: { readonly run: string }): Gen<void> {
    try {
      yield* sleep("30 minutes");
    } catch (error) {
      yield* act({ run });
      throw error;
    }
  },
});
