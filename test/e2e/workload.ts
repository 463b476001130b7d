import { type Client, RaftoralError, type RunHandle } from "raftoral";
import type { History, Outcome } from "./history.ts";
import { chain } from "./module.ts";
import { pause } from "./nemesis.ts";

export interface WorkloadOptions {
  readonly clients: readonly Client[];
  readonly history: History;
  readonly effects: number;
  /** Runs that each client has under way. */
  readonly atOnce: number;
}

const READ_EVERY_MS = 200;
const RESULT_TIMEOUT = "2 minutes";

/** Starts runs, reads their progress, waits for their ends, until it is told to stop. */
export class Workload {
  readonly #options: WorkloadOptions;
  #isStopping = false;
  readonly #loops: Promise<void>[];

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#loops = options.clients.flatMap((client) =>
      Array.from({ length: options.atOnce }, (_, i) => this.#loop(client, i)),
    );
  }

  /** Settles when the runs under way have ended, or their clients have given up. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#loops);
  }

  async #loop(client: Client, lane: number): Promise<void> {
    for (let n = 0; !this.#isStopping; n++) await this.#one(client, `${client.name}-${lane}-${n}`);
  }

  async #one(client: Client, run: string): Promise<void> {
    const { effects, history } = this.#options;
    const what = { client: client.name, run };
    const input = { run, effects };
    const started = await history.record(
      { kind: "start", ...what },
      async () => {
        await client.start(chain, input, { id: run });
        return undefined;
      },
      outcomeOf,
    );
    if (started.outcome !== "ok") return;
    const handle = client.get(chain, run);
    let hasEnded = false;
    const ended = history.record(
      { kind: "result", ...what },
      () => handle.result({ timeout: RESULT_TIMEOUT }),
      outcomeOf,
    );
    const done = ended.then(() => {
      hasEnded = true;
    });
    while (!hasEnded) {
      await Promise.race([done, pause(READ_EVERY_MS)]);
      if (hasEnded) break;
      await history.record({ kind: "read", ...what }, () => progressOf(handle), outcomeOf);
    }
    await done;
  }
}

/** Before the body's first stretch there is none: less than any. */
async function progressOf(handle: RunHandle<number>): Promise<number> {
  try {
    return await handle.variable<number>("progress");
  } catch (error) {
    if (error instanceof RaftoralError && error.code === "variable-not-found") return -1;
    throw error;
  }
}

/** Only what the group itself refused is known not to have happened. */
function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof RaftoralError)) throw error;
  return error.retryable ? "unknown" : "failed";
}
