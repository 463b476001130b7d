import { createMemoryNetwork } from "../transport/memory.ts";
import { Registry } from "../workflow/runner/registry.ts";
import { admittedEngine } from "./admitted-engine.ts";
import { type Network, type NodeConfig, type NodeOptions, nodeConfig } from "./config.ts";
import { diskError } from "./disk-error.ts";
import { openDiskHome } from "./disk-home.ts";
import { memoryHome, type NodeHome } from "./identity.ts";
import { nodeLog } from "./log.ts";
import { natsNetwork } from "./nats-network.ts";
import type { Node } from "./node.ts";
import { type Ports, realPorts } from "./ports.ts";
import { RunningNode, type Surroundings } from "./running-node.ts";
import { threadedNode } from "./thread/threaded-node.ts";

/**
 * Starts a node, and settles once it may own runs. By default one node by itself, in memory:
 * nothing outlives the process. With `dataDir` it comes back as the node that it was.
 * @throws RaftoralError `invalid-argument`, `join-refused`, `directory-in-use`,
 * `directory-unusable`, `log-damaged`, `not-connected`, `not-authorized`, `name-in-use`,
 * `version-mismatch`, `node-removed`, `disk-full`, `node-failed`.
 */
export async function startNode(options: NodeOptions): Promise<Node> {
  const config = nodeConfig(options);
  const ports = realPorts();
  if (config.engine === "worker") return (await threadedNode({ config, ports })).face;
  const network = networkOf(config, ports);
  const { dataDir } = config;
  const home = dataDir === undefined ? memoryHome() : await openedHome(config.name, dataDir);
  try {
    const running = await startNodeIn(config, { ports, network, home });
    return running.face;
  } catch (error) {
    await home.leave();
    throw diskError(config.name, error);
  }
}

async function openedHome(name: string, dataDir: string): Promise<NodeHome> {
  try {
    return await openDiskHome(dataDir);
  } catch (error) {
    throw diskError(name, error);
  }
}

function networkOf(config: NodeConfig, ports: Ports): Network {
  const { cluster, nats, discoveryTimeoutMs } = config;
  if (nats === undefined) {
    return config.network ?? createMemoryNetwork({ timers: ports.timers });
  }
  const log = nodeLog(config);
  return natsNetwork({ cluster, nats, ports, log, connectTimeoutMs: discoveryTimeoutMs });
}

/** A network inside this process, for several nodes in one program. */
export function memoryNetwork(): Network {
  return createMemoryNetwork({ timers: realPorts().timers });
}

/** For those who bring their own surroundings and look inside: simulator and tests. */
export async function startNodeIn(config: NodeConfig, around: Surroundings): Promise<RunningNode> {
  const node = await admittedNode(config, around);
  await node.open();
  return node;
}

/** A node with an identity and a log, before it is opened: it has neither heard nor said a word. */
export async function admittedNode(config: NodeConfig, around: Surroundings): Promise<RunningNode> {
  const registry = new Registry(config.workflows);
  const log = nodeLog(config);
  const engine = await admittedEngine({ config, log, around, catalogue: registry.catalogue() });
  const { limits, ports } = around;
  return new RunningNode({ config, ports, registry, log, engine, runnerLimits: limits?.runner });
}
