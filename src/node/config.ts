// What `startNode` takes, checked and completed with defaults before anything starts.

import { invalidArgument } from "../errors.ts";
import { isName, NAME_RULE } from "../transport/names.ts";
import type { NatsOptions } from "../transport/nats-options.ts";
import type { ClientTransport, Transport } from "../transport/port.ts";
import { type AnyWorkflow, isWorkflow } from "../workflow/dsl/define.ts";
import { type Duration, durationMs } from "../workflow/dsl/duration.ts";
import { type Known, refuseUnknown } from "../workflow/dsl/known-options.ts";
import { checkPayloadCodec, type PayloadCodec } from "../workflow/dsl/payload-codec.ts";
import { checkValueTypes, type ValueType } from "../workflow/dsl/value-type.ts";
import { valueTerms } from "../workflow/values/terms.ts";
import { type TrapMode, trapsByDefault } from "./ports-traps.ts";

/** Processes in one program reach each other through this: `memoryNetwork()` makes one. */
export interface Network {
  /** @throws RaftoralError `not-connected`, `not-authorized`, `name-in-use`. */
  join(name: string): Transport | Promise<Transport>;
  /** @throws RaftoralError `not-connected`, `not-authorized`. */
  client(name: string): ClientTransport | Promise<ClientTransport>;
}

/**
 * What a node without an identity on its disk does. `bootstrap` founds a cluster unless one
 * answers, `join` never does. `auto` joins what answers; it founds only without any network (the
 * embedded default) or as the first of `expect`.
 */
export type Boot = "auto" | "bootstrap" | "join";

export interface NodeOptions {
  readonly workflows: readonly AnyWorkflow[];
  /** Unique among the live nodes of the cluster. Default "node". */
  readonly name?: string;
  /** Nodes of one cluster name find each other. Default "raftoral". */
  readonly cluster?: string;
  /** Reaches the other nodes over NATS. Default: none, one node by itself. */
  readonly nats?: NatsOptions;
  /** Reaches nodes of the same process instead. Default: none. */
  readonly network?: Network;
  /**
   * Where this node keeps its log and who it is; created if absent. Default: none, in memory, and
   * what it knows ends with the process.
   */
  readonly dataDir?: string;
  readonly boot?: Boot;
  /**
   * Founds a cluster of fresh nodes, all started with this same list of their names: the first one
   * founds after all the others answered. Default: none.
   */
  readonly expect?: readonly string[];
  /** Members that vote; more than these follow, and take a voter's place. Default 5. */
  readonly maxVoters?: number;
  /**
   * A voter that is dead for so long is removed where a member that follows can take its place.
   * Default: never.
   */
  readonly replaceDeadAfter?: Duration;
  /** What effect bodies get as `fx.deps`. */
  readonly deps?: unknown;
  /**
   * Encrypts or compresses each value before it goes into the log, into snapshots and over the
   * network. The same on all members and clients. Default: none.
   */
  readonly codec?: PayloadCodec;
  /**
   * Types that values may hold, made by `valueType`. The same on all members and clients. Default:
   * none.
   */
  readonly types?: readonly ValueType[];
  /** Silence after which the leader declares a member dead and moves its runs. Default 1.5 s. */
  readonly memberTimeout?: Duration;
  /** How long a joiner looks for a NATS server, and for a cluster to let it in. Default 10 s. */
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
  /** How long a run that ended can still be asked for. Default 24 h. */
  readonly retention?: Duration;
  /** "silent" writes nothing. Default "warn". */
  readonly logLevel?: "silent" | "error" | "warn" | "info" | "debug";
  /**
   * `worker`: consensus, log and network on a thread of their own, so that user code which blocks
   * its event loop costs no election; not with `network`. Default `inline`: on this thread.
   */
  readonly engine?: "worker" | "inline";
  /**
   * With `engine: "worker"`: user code that blocks its event loop for so long loses this node's
   * runs to other members, if one is up. Default 30 s.
   */
  readonly ownerBlockedLimit?: Duration;
  /**
   * With `engine: "worker"`, what follows then: `exit` ends this process by SIGKILL, since nothing
   * else does, for its supervisor to start it anew. Default `hand-over`: nothing more.
   */
  readonly onBlocked?: "exit" | "hand-over";
  /**
   * What a workflow's code gets that asks the platform for time, chance, timers, the network or the
   * environment between two effects: `warn` logs each such call once and what to write instead,
   * `throw` fails it with `not-deterministic`. Default `warn`, and `off` where NODE_ENV is
   * "production".
   */
  readonly traps?: TrapMode;
}

const OPTIONS: Known<NodeOptions> = {
  workflows: true,
  name: true,
  cluster: true,
  nats: true,
  network: true,
  dataDir: true,
  boot: true,
  expect: true,
  maxVoters: true,
  replaceDeadAfter: true,
  deps: true,
  codec: true,
  types: true,
  memberTimeout: true,
  discoveryTimeout: true,
  callTimeout: true,
  tick: true,
  maxPayloadBytes: true,
  maxConcurrentEffects: true,
  retention: true,
  logLevel: true,
  engine: true,
  ownerBlockedLimit: true,
  onBlocked: true,
  traps: true,
};

export const NATS_OPTIONS: Known<NatsOptions> = {
  servers: true,
  user: true,
  password: true,
  token: true,
  nkeySeed: true,
  credentials: true,
  authenticator: true,
  tls: true,
};

export interface NodeConfig {
  readonly workflows: readonly AnyWorkflow[];
  readonly name: string;
  readonly cluster: string;
  readonly network: Network | undefined;
  readonly nats: NatsOptions | undefined;
  readonly hasNetwork: boolean;
  readonly dataDir: string | undefined;
  readonly boot: Boot;
  readonly expect: readonly string[];
  readonly maxVoters: number;
  readonly replaceDeadAfterMs: number | undefined;
  readonly deps: unknown;
  readonly codec: PayloadCodec | undefined;
  readonly types: readonly ValueType[];
  /** Of `codec` and `types`, as data: what other processes must have alike. */
  readonly valueTerms: string;
  readonly memberTimeoutMs: number;
  readonly discoveryTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly tickMs: number;
  readonly maxPayloadBytes: number;
  readonly maxConcurrentEffects: number;
  readonly retentionMs: number;
  readonly logLevel: NonNullable<NodeOptions["logLevel"]>;
  readonly engine: NonNullable<NodeOptions["engine"]>;
  readonly ownerBlockedLimitMs: number;
  readonly onBlocked: NonNullable<NodeOptions["onBlocked"]>;
  readonly traps: TrapMode;
}

/** What concerns the engine: data, with nothing of the user's code in it. */
export type EngineConfig = Omit<NodeConfig, "workflows" | "deps" | "network" | "codec" | "types">;

/** @throws RaftoralError `invalid-argument` that names the option and what it takes. */
export function nodeConfig(options: NodeOptions): NodeConfig {
  if (typeof options !== "object" || options === null || !Array.isArray(options.workflows)) {
    throw invalidArgument("startNode takes { workflows: [...] }");
  }
  refuseUnknown("startNode", options, OPTIONS);
  if (options.nats !== undefined) refuseUnknown("nats", options.nats, NATS_OPTIONS);
  const config: NodeConfig = {
    workflows: options.workflows,
    name: options.name ?? "node",
    cluster: options.cluster ?? "raftoral",
    network: options.network,
    nats: options.nats,
    hasNetwork: options.network !== undefined || options.nats !== undefined,
    dataDir: options.dataDir,
    boot: options.boot ?? "auto",
    expect: options.expect ?? [],
    deps: options.deps,
    ...valuesOf(options),
    retentionMs: durationMs(options.retention ?? "24h"),
    logLevel: options.logLevel ?? "warn",
    engine: options.engine ?? "inline",
    onBlocked: options.onBlocked ?? "hand-over",
    traps: options.traps ?? trapsByDefault(),
    ...limitsOf(options),
    ...timesOf(options),
  };
  check(config);
  return config;
}

/** What a node or a client packs values by, checked. */
export function valuesOf({
  codec,
  types = [],
}: Pick<NodeOptions, "codec" | "types">): Pick<NodeConfig, "codec" | "types" | "valueTerms"> {
  checkPayloadCodec(codec);
  checkValueTypes(types);
  return { codec, types, valueTerms: valueTerms({ codec, types }) };
}

const limitsOf = (options: NodeOptions) => ({
  maxVoters: options.maxVoters ?? 5,
  maxPayloadBytes: options.maxPayloadBytes ?? 1024 * 1024,
  maxConcurrentEffects: options.maxConcurrentEffects ?? 1_000,
});

function timesOf(options: NodeOptions) {
  const { replaceDeadAfter } = options;
  return {
    replaceDeadAfterMs: replaceDeadAfter === undefined ? undefined : durationMs(replaceDeadAfter),
    memberTimeoutMs: durationMs(options.memberTimeout ?? 1_500),
    discoveryTimeoutMs: durationMs(options.discoveryTimeout ?? 10_000),
    callTimeoutMs: durationMs(options.callTimeout ?? 30_000),
    tickMs: durationMs(options.tick ?? 50),
    ownerBlockedLimitMs: durationMs(options.ownerBlockedLimit ?? 30_000),
  };
}

function check(config: NodeConfig): void {
  checkNames(config);
  if (!["auto", "bootstrap", "join"].includes(config.boot)) {
    throw invalidArgument(`boot "${config.boot}": "auto", "bootstrap" or "join"`);
  }
  if (config.boot === "join" && !config.hasNetwork) {
    throw invalidArgument('boot "join" needs nats to find a cluster on');
  }
  if (config.nats !== undefined && config.network !== undefined) {
    throw invalidArgument("nats and network: one of the two");
  }
  if (!["off", "warn", "throw"].includes(config.traps)) {
    throw invalidArgument(`traps "${config.traps}": "off", "warn" or "throw"`);
  }
  checkExpect(config);
  checkEngine(config);
  const { dataDir } = config;
  if (dataDir !== undefined && (typeof dataDir !== "string" || dataDir === "")) {
    throw invalidArgument("dataDir: the path of a directory");
  }
  if (config.tickMs < 1) throw invalidArgument("tick: at least 1 ms");
  const { maxPayloadBytes, maxConcurrentEffects, maxVoters } = config;
  const counts = { maxPayloadBytes, maxConcurrentEffects, maxVoters };
  for (const [option, value] of Object.entries(counts)) {
    if (!(Number.isSafeInteger(value) && value >= 1))
      throw invalidArgument(`${option}: a whole number from 1`);
  }
  if (!config.workflows.every(isWorkflow)) {
    throw invalidArgument("workflows: each is made by workflow({ name, run })");
  }
}

function checkEngine({ engine, network, onBlocked, ownerBlockedLimitMs }: NodeConfig): void {
  if (!["worker", "inline"].includes(engine)) throw invalidArgument('engine: "worker" or "inline"');
  if (engine === "worker" && network !== undefined) {
    throw invalidArgument(
      'engine "worker" needs nats to reach others: a network of this process is inline',
    );
  }
  if (!["exit", "hand-over"].includes(onBlocked))
    throw invalidArgument('onBlocked: "exit" or "hand-over"');
  if (onBlocked === "exit" && engine === "inline") {
    throw invalidArgument('onBlocked "exit" needs engine "worker": who is blocked cannot see it');
  }
  if (ownerBlockedLimitMs < BLOCKED_LIMIT_MIN_MS) {
    throw invalidArgument(`ownerBlockedLimit: at least ${BLOCKED_LIMIT_MIN_MS} ms`);
  }
}

/** Less is what a busy loop may need. */
const BLOCKED_LIMIT_MIN_MS = 2_000;

function checkExpect({ boot, expect, name, hasNetwork }: NodeConfig): void {
  if (expect.length === 0) return;
  if (!hasNetwork || boot !== "auto") throw invalidArgument('expect: with nats, and boot "auto"');
  if (!expect.every(isName) || new Set(expect).size !== expect.length) {
    throw invalidArgument(`expect: names of nodes, each once; a name has ${NAME_RULE}`);
  }
  if (!expect.includes(name))
    throw invalidArgument(`expect: must have this node's own name, "${name}"`);
}

function checkNames({ name, cluster }: NodeConfig): void {
  for (const [option, value] of Object.entries({ name, cluster })) {
    if (!isName(value)) throw invalidArgument(`${option} "${value}": ${NAME_RULE}`);
  }
}
