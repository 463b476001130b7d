// The engine's thread, from the user's side.

import { Worker } from "node:worker_threads";
import { RaftoralError } from "../../errors.ts";
import type { EngineConfig } from "../config.ts";
import type { ToEngine, ToUser } from "./messages.ts";

/** What the thread begins with. */
export interface ThreadData {
  readonly config: EngineConfig;
  readonly catalogue: readonly string[];
  readonly page: SharedArrayBuffer;
  /** Of this process: the thread has a beginning of its own. */
  readonly startedAtMs: number;
}

export interface EngineThread {
  post(message: ToEngine): void;
  /** By itself, or else at once: it has nothing more to say. */
  end(): Promise<void>;
}

export interface ThreadHandlers {
  onMessage(message: ToUser): void;
  /** It is gone. Once; after `end` too. */
  onGone(why: Error): void;
}

/** @throws RaftoralError `invalid-argument`: the options hold what cannot be copied */
export function spawnEngine(data: ThreadData, handlers: ThreadHandlers): EngineThread {
  const worker = begin(data);
  let why = new Error("it ended");
  worker.on("message", (message: ToUser) => handlers.onMessage(message));
  worker.on("messageerror", (error) => {
    why = error;
    void worker.terminate();
  });
  worker.on("error", (error) => {
    why = error instanceof Error ? error : new Error(String(error));
  });
  const gone = new Promise<void>((resolve) => {
    worker.on("exit", () => {
      handlers.onGone(why);
      resolve();
    });
  });
  return {
    post: (message) => worker.postMessage(message),
    end: async () => {
      await worker.terminate();
      await gone;
    },
  };
}

/** Nothing that the program loads for itself is loaded there: no flags of its own. */
function begin(workerData: ThreadData): Worker {
  const here = import.meta.url;
  const isSource = here.endsWith(".ts");
  const main = new URL(isSource ? "./main.ts" : "./main.js", here);
  try {
    return isSource
      ? new Worker(bootstrap(main.href), { eval: true, workerData, execArgv: [] })
      : new Worker(main, { workerData, execArgv: [] });
  } catch (cause) {
    if (!(cause instanceof Error && cause.name === "DataCloneError")) throw cause;
    throw new RaftoralError(
      "invalid-argument",
      `an option cannot be copied to another thread (${cause.message}): a function among the ` +
        'nats options? Leave it out, or start with engine: "inline"',
      { cause },
    );
  }
}

/** From the sources, without a build: a thread of Node 20 does not read TypeScript by itself. */
const bootstrap = (main: string): string =>
  `import("tsx/esm/api").then(({ register }) => {
    register();
    return import(${JSON.stringify(main)});
  });`;
