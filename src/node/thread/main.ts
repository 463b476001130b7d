// What the engine's thread runs.

import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../std/assert.ts";
import { createMemoryNetwork } from "../../transport/memory.ts";
import type { Network } from "../config.ts";
import { openDiskHome } from "../disk-home.ts";
import { memoryHome } from "../identity.ts";
import { nodeLog } from "../log.ts";
import { natsNetwork } from "../nats-network.ts";
import { endProcess, realPorts } from "../ports.ts";
import type { EngineLink, ToEngine } from "./messages.ts";
import { Page } from "./page.ts";
import { serveEngine } from "./serve.ts";
import type { ThreadData } from "./spawn.ts";

async function run({ catalogue, config, page, startedAtMs }: ThreadData): Promise<void> {
  assert(parentPort !== null, "this is a thread");
  const port = parentPort;
  const link: EngineLink = {
    post: (message, transfer = []) => port.postMessage(message, [...transfer]),
    listen: (onMessage) => port.on("message", (message: ToEngine) => onMessage(message)),
  };
  const ports = realPorts();
  const { cluster, dataDir, discoveryTimeoutMs, nats } = config;
  const log = nodeLog(config);
  const network: Network =
    nats === undefined
      ? createMemoryNetwork({ timers: ports.timers })
      : natsNetwork({ cluster, nats, ports, log, connectTimeoutMs: discoveryTimeoutMs });
  await serveEngine({
    config,
    catalogue,
    log,
    link,
    page: new Page(page),
    exit: endProcess,
    surroundings: async () => ({
      ports,
      network,
      home: dataDir === undefined ? memoryHome() : await openDiskHome(dataDir, startedAtMs),
    }),
  });
}

await run(workerData);
