// A thread that is none: both sides of a node in one loop, with messages that take their time, so
// that the simulator can delay them, stop one side, and play it all again from a seed.
//
// I1. Messages are copied as between threads, and arrive in their order.

import type { EngineSurroundings } from "../node/engine.ts";
import { nodeLog } from "../node/log.ts";
import type { EngineEnd } from "../node/thread/engine-end.ts";
import type { ThreadLimits, ToEngine, ToUser } from "../node/thread/messages.ts";
import { Page } from "../node/thread/page.ts";
import { serveEngine } from "../node/thread/serve.ts";
import type { EngineThread, ThreadData, ThreadHandlers } from "../node/thread/spawn.ts";
import type { Timers } from "../std/clock.ts";

export interface VirtualThreadParts {
  readonly surroundings: () => Promise<EngineSurroundings>;
  /** Of the engine's side, and of the user's: each stands still by itself. */
  readonly engineTimers: Timers;
  readonly userTimers: Timers;
  /** How long the next message takes. */
  readonly delayMs?: () => number;
  readonly limits?: Partial<ThreadLimits>;
  readonly onServed?: (end: EngineEnd) => void;
  /** As the process's end. */
  readonly onExit?: () => void;
}

/** For `threadedNode`: what it would spawn. */
export function virtualThread(
  parts: VirtualThreadParts,
): (data: ThreadData, handlers: ThreadHandlers) => EngineThread {
  return ({ catalogue, config, page }, handlers) => {
    let isGone = false;
    let onMessage: ((message: ToEngine) => void) | undefined;
    const early: ToEngine[] = [];
    const toUser = new Courier<ToUser>(parts.userTimers, parts.delayMs);
    const toEngine = new Courier<ToEngine>(parts.engineTimers, parts.delayMs);
    const gone = (why: Error): void => {
      if (isGone) return;
      isGone = true;
      handlers.onGone(why);
    };
    const served = serveEngine({
      config,
      catalogue,
      log: nodeLog(config),
      page: new Page(page),
      exit: () => parts.onExit?.(),
      ...(parts.limits === undefined ? {} : { limits: parts.limits }),
      link: {
        post: (message, transfer = []) =>
          toUser.send(structuredClone(message, { transfer: [...transfer] }), (copy) => {
            if (!isGone) handlers.onMessage(copy);
          }),
        listen: (listener) => {
          onMessage = listener;
          for (const message of early.splice(0)) listener(message);
        },
      },
      surroundings: parts.surroundings,
    });
    served.then(
      (end) => {
        if (end !== undefined) parts.onServed?.(end);
      },
      (error: unknown) => gone(error instanceof Error ? error : new Error(String(error))),
    );
    return {
      post: (message) =>
        toEngine.send(structuredClone(message), (copy) => {
          if (isGone) return;
          if (onMessage === undefined) early.push(copy);
          else onMessage(copy);
        }),
      end: async () => gone(new Error("it was ended")),
    };
  };
}

/** In order, each as late as its delay says, and not before the one before it. */
class Courier<Message> {
  readonly #timers: Timers;
  readonly #delayMs: () => number;
  readonly #waiting: (() => void)[] = [];
  #isUnderWay = false;

  constructor(timers: Timers, delayMs: () => number = () => 0) {
    this.#timers = timers;
    this.#delayMs = delayMs;
  }

  send(message: Message, deliver: (message: Message) => void): void {
    this.#waiting.push(() => deliver(message));
    if (!this.#isUnderWay) this.#next();
  }

  #next(): void {
    this.#isUnderWay = true;
    const arrive = (): void => {
      this.#waiting.shift()?.();
      this.#isUnderWay = false;
      if (this.#waiting.length > 0) this.#next();
    };
    const delayMs = this.#delayMs();
    if (delayMs > 0) this.#timers.set(delayMs, arrive);
    else this.#timers.defer(arrive);
  }
}
