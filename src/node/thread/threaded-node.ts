// A node whose engine is on a thread of its own.

import { assert } from "../../std/assert.ts";
import { deferred } from "../../std/deferred.ts";
import type { RunnerLimits } from "../../workflow/runner/port.ts";
import { Registry } from "../../workflow/runner/registry.ts";
import type { EngineConfig, NodeConfig } from "../config.ts";
import { nodeLog } from "../log.ts";
import { type Ports, startedAtMs } from "../ports.ts";
import { RunningNode } from "../running-node.ts";
import { EngineProxy } from "./engine-proxy.ts";
import {
  errorOf,
  type ThreadLimits,
  type ToEngine,
  type ToUser,
  threadLimits,
} from "./messages.ts";
import { Page } from "./page.ts";
import { type EngineThread, spawnEngine, type ThreadData, type ThreadHandlers } from "./spawn.ts";

export interface ThreadedParts {
  readonly config: NodeConfig;
  readonly ports: Ports;
  readonly limits?: Partial<ThreadLimits>;
  readonly runnerLimits?: Partial<RunnerLimits>;
  /** Tests bring a thread that is none. */
  readonly spawn?: (data: ThreadData, handlers: ThreadHandlers) => EngineThread;
}

/** Settles when it may own runs. @throws as `startNode` */
export async function threadedNode(parts: ThreadedParts): Promise<RunningNode> {
  const { config } = parts;
  const registry = new Registry(config.workflows);
  const log = nodeLog(config);
  const engine = await admitted(parts, registry.catalogue());
  const running = new RunningNode({ ...parts, registry, log, engine });
  try {
    await running.open();
  } catch (error) {
    await running.stop(0);
    throw error;
  }
  return running;
}

async function admitted(parts: ThreadedParts, catalogue: readonly string[]): Promise<EngineProxy> {
  const { config, ports, spawn = spawnEngine } = parts;
  const { callTimeoutMs } = config;
  const limits = { ...threadLimits, ...parts.limits };
  const page = new Page();
  const coming = deferred<EngineProxy>();
  let proxy: EngineProxy | undefined;
  const onMessage = (message: ToUser): void => {
    if (proxy !== undefined) {
      proxy.take(message);
    } else if (message.kind === "admitted") {
      const link = { post: (out: ToEngine) => thread.post(out) };
      const around = { link, page, ports, limits, callTimeoutMs, onGone: () => thread.end() };
      proxy = new EngineProxy(around, message);
      coming.resolve(proxy);
    } else {
      assert(message.kind === "refused", "an engine is admitted or refused first");
      coming.reject(errorOf(message.error));
    }
  };
  const onGone = (why: Error): void => {
    if (proxy === undefined) coming.reject(why);
    else proxy.lost(why);
  };
  const data = { config: engineConfig(config), catalogue, page: page.memory, startedAtMs };
  const thread = spawn(data, { onMessage, onGone });
  try {
    return await coming.promise;
  } catch (error) {
    await thread.end();
    throw error;
  }
}

/** What can be cloned: nothing of the user's code. */
function engineConfig(config: NodeConfig): EngineConfig {
  const { deps: _, network: __, workflows: ___, codec: ____, types: _____, ...rest } = config;
  return rest;
}
