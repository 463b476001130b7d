// What `startNode` takes, checked and completed with defaults before anything starts.

import { RaftoralError } from "../errors.ts";
import { isName, NAME_RULE } from "../transport/names.ts";
import type { Transport } from "../transport/port.ts";
import type { AnyWorkflow } from "../workflow/dsl/define.ts";
import { type Duration, durationMs } from "../workflow/dsl/duration.ts";

/** Processes in one program reach each other through this: `memoryNetwork()` makes one. */
export interface Network {
  join(name: string): Transport;
}

/**
 * `bootstrap` founds a cluster, `join` never does. `auto` resumes what is on disk, else joins what
 * answers; it founds only where no network was given: the embedded default.
 */
export type Boot = "auto" | "bootstrap" | "join";

export interface NodeOptions {
  readonly workflows: readonly AnyWorkflow[];
  /** Unique among the live nodes of the cluster. Default "node". */
  readonly name?: string;
  /** Nodes of one cluster name find each other. Default "raftoral". */
  readonly cluster?: string;
  /** Default: none, one node by itself. */
  readonly network?: Network;
  /**
   * Where this node keeps its log and who it is; created if absent. Default: none, in memory, and
   * what it knows ends with the process.
   */
  readonly dataDir?: string;
  readonly boot?: Boot;
  /** What effect bodies get as `fx.deps`. */
  readonly deps?: unknown;
  /** Silence after which the leader declares a member dead and moves its runs. Default 1.5 s. */
  readonly memberTimeout?: Duration;
  /** How long a joiner looks for a cluster to let it in. Default 10 s. */
  readonly discoveryTimeout?: Duration;
  /**
   * How long one call waits for the group. Default 30 s;
   * then `TimedOut`, and the same call can be repeated.
   */
  readonly callTimeout?: Duration;
  /** Raft's clock: one tick. Elections take 20 to 40 ticks, heartbeats 3. Default 50 ms. */
  readonly tick?: Duration;
  /** Largest encoded value, in bytes. Default 1 MiB. */
  readonly maxPayloadBytes?: number;
  /** Effect bodies under way at once on this node. Default 1,000. */
  readonly maxConcurrentEffects?: number;
  /** "silent" writes nothing. Default "warn". */
  readonly logLevel?: "silent" | "error" | "warn" | "info" | "debug";
}

export interface NodeConfig {
  readonly workflows: readonly AnyWorkflow[];
  readonly name: string;
  readonly cluster: string;
  readonly network: Network | undefined;
  readonly dataDir: string | undefined;
  readonly boot: Boot;
  readonly deps: unknown;
  readonly memberTimeoutMs: number;
  readonly discoveryTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly tickMs: number;
  readonly maxPayloadBytes: number;
  readonly maxConcurrentEffects: number;
  readonly logLevel: NonNullable<NodeOptions["logLevel"]>;
}

/** @throws RaftoralError `invalid-argument` that names the option and what it takes. */
export function nodeConfig(options: NodeOptions): NodeConfig {
  if (typeof options !== "object" || options === null || !Array.isArray(options.workflows)) {
    throw bad("startNode takes { workflows: [...] }");
  }
  const config: NodeConfig = {
    workflows: options.workflows,
    name: options.name ?? "node",
    cluster: options.cluster ?? "raftoral",
    network: options.network,
    dataDir: options.dataDir,
    boot: options.boot ?? "auto",
    deps: options.deps,
    memberTimeoutMs: durationMs(options.memberTimeout ?? 1_500),
    discoveryTimeoutMs: durationMs(options.discoveryTimeout ?? 10_000),
    callTimeoutMs: durationMs(options.callTimeout ?? 30_000),
    tickMs: durationMs(options.tick ?? 50),
    maxPayloadBytes: options.maxPayloadBytes ?? 1024 * 1024,
    maxConcurrentEffects: options.maxConcurrentEffects ?? 1_000,
    logLevel: options.logLevel ?? "warn",
  };
  check(config);
  return config;
}

function check(config: NodeConfig): void {
  checkNames(config);
  if (!["auto", "bootstrap", "join"].includes(config.boot)) {
    throw bad(`boot "${config.boot}": "auto", "bootstrap" or "join"`);
  }
  if (config.boot === "join" && config.network === undefined) {
    throw bad('boot "join" needs a network to find a cluster on');
  }
  const { dataDir } = config;
  if (dataDir !== undefined && (typeof dataDir !== "string" || dataDir === "")) {
    throw bad("dataDir: the path of a directory");
  }
  if (config.tickMs < 1) throw bad("tick: at least 1 ms");
  const { maxPayloadBytes, maxConcurrentEffects } = config;
  for (const [option, value] of Object.entries({ maxPayloadBytes, maxConcurrentEffects })) {
    if (!(Number.isSafeInteger(value) && value >= 1)) throw bad(`${option}: a whole number from 1`);
  }
  if (!config.workflows.every(isWorkflow)) {
    throw bad("workflows: each is made by workflow({ name, run })");
  }
}

function checkNames({ name, cluster }: NodeConfig): void {
  for (const [option, value] of Object.entries({ name, cluster })) {
    if (!isName(value)) throw bad(`${option} "${value}": ${NAME_RULE}`);
  }
}

const isWorkflow = (value: AnyWorkflow | undefined): boolean =>
  typeof value?.run === "function" && typeof value.name === "string";

function bad(message: string): RaftoralError {
  return new RaftoralError("invalid-argument", message);
}
