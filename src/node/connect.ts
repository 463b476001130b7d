// A process that is no member: the same starts and handles, by way of whichever member answers.

import type { Admin } from "../client/admin.ts";
import type { ListFilter, ReadOptions, RunPage, VersionUse } from "../client/gateway.ts";
import type { RunHandle } from "../client/handle.ts";
import { listFilter } from "../client/list-filter.ts";
import { Remote, remoteAdmin, remoteGateway } from "../client/remote-gateway.ts";
import { getRun, type StartOptions, startRun } from "../client/start-run.ts";
import { RaftoralError } from "../errors.ts";
import { isName, NAME_RULE } from "../transport/names.ts";
import type { NatsOptions } from "../transport/nats-options.ts";
import type { Workflow } from "../workflow/dsl/define.ts";
import { type Duration, durationMs } from "../workflow/dsl/duration.ts";
import { type Known, refuseUnknown } from "../workflow/dsl/known-options.ts";
import type { PayloadCodec } from "../workflow/dsl/payload-codec.ts";
import type { ValueType } from "../workflow/dsl/value-type.ts";
import { createValueCodec } from "../workflow/values/codec.ts";
import { NATS_OPTIONS, type Network, valuesOf } from "./config.ts";
import { type LogLevel, levelLog } from "./log.ts";
import { natsNetwork } from "./nats-network.ts";
import { type Ports, realPorts } from "./ports.ts";

export interface ClientOptions {
  /** Default "raftoral". */
  readonly cluster?: string;
  /** Where the cluster is. Default: a server on this machine. */
  readonly nats?: NatsOptions;
  /** Reaches nodes of the same process instead of NATS. */
  readonly network?: Network;
  /** As which the members and the NATS server know this client. Default: a random one. */
  readonly name?: string;
  /** How long a call goes on asking one member after the other. Default 30 s. */
  readonly callTimeout?: Duration;
  /** How long it looks for a NATS server and a member that answers. Default 10 s. */
  readonly connectTimeout?: Duration;
  /** Largest encoded value, in bytes. Default 1 MiB. */
  readonly maxPayloadBytes?: number;
  /** Default "warn". */
  readonly logLevel?: LogLevel;
  /** That of the members, if they have one. Default: none. */
  readonly codec?: PayloadCodec;
  /** Those of the members, if they have any. Default: none. */
  readonly types?: readonly ValueType[];
}

/** A cluster seen from outside. */
export interface Client {
  readonly name: string;
  /**
   * Starts a run on whichever member has the workflow, and settles once a majority has it. Asked
   * again with the same id, whatever became of the first time, it starts nothing twice.
   * @throws WorkflowConflict, Unserializable, TimedOut; RaftoralError `no-responders`,
   * `not-connected`, `version-mismatch`, `wrong-cluster`.
   */
  start<I, O>(workflow: Workflow<I, O>, input: I, options?: StartOptions): Promise<RunHandle<O>>;
  /** A handle on a run by its id; asks nobody. */
  get<I, O>(workflow: Workflow<I, O>, id: string): RunHandle<O>;
  list(filter?: ListFilter): Promise<RunPage>;
  versions(options?: ReadOptions): Promise<readonly VersionUse[]>;
  readonly admin: Admin;
  close(): Promise<void>;
}

/**
 * Settles when a member answered.
 * @throws RaftoralError `invalid-argument`, `not-connected`, `not-authorized`, `no-responders` (no
 * member of that cluster is there), `version-mismatch`, `values-mismatch` (another codec or other
 * types than the members').
 */
export function connect(options: ClientOptions = {}): Promise<Client> {
  return connected(options, realPorts());
}

/**
 * For tools that can do a part of their work without the members' codec and types: what needs them
 * throws `codec-failed` or `malformed`.
 */
export function connectAnyhow(options: ClientOptions): Promise<Client> {
  return connected(options, realPorts(), { isAnyhow: true });
}

async function connected(
  options: ClientOptions,
  ports: Ports,
  how: { readonly isAnyhow?: boolean } = {},
): Promise<Client> {
  const settings = { ...settingsOf(options, ports), ...how };
  const transport = await networkOf(options, settings, ports).client(settings.name);
  return clientOn(new Remote({ ...remoteParts(settings, ports), transport }), settings, ports);
}

/** For those who bring their own surroundings: tests in virtual time. */
export async function connectIn(
  options: ClientOptions & { readonly network: Network },
  ports: Ports,
): Promise<Client> {
  const settings: Settings = settingsOf(options, ports);
  const transport = await options.network.client(settings.name);
  return clientOn(new Remote({ ...remoteParts(settings, ports), transport }), settings, ports);
}

interface Settings {
  readonly name: string;
  readonly cluster: string;
  readonly callTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly maxPayloadBytes: number;
  readonly codec: PayloadCodec | undefined;
  readonly types: readonly ValueType[];
  readonly valueTerms: string;
  readonly isAnyhow?: boolean;
}

const OPTIONS: Known<ClientOptions> = {
  cluster: true,
  nats: true,
  network: true,
  name: true,
  callTimeout: true,
  connectTimeout: true,
  maxPayloadBytes: true,
  logLevel: true,
  codec: true,
  types: true,
};

function settingsOf(options: ClientOptions, { chance }: Ports): Settings {
  refuseUnknown("connect", options, OPTIONS);
  if (options.nats !== undefined) refuseUnknown("nats", options.nats, NATS_OPTIONS);
  const settings = {
    name: options.name ?? `client-${chance.id().slice(0, 12)}`,
    cluster: options.cluster ?? "raftoral",
    callTimeoutMs: durationMs(options.callTimeout ?? "30s"),
    connectTimeoutMs: durationMs(options.connectTimeout ?? "10s"),
    maxPayloadBytes: options.maxPayloadBytes ?? 1024 * 1024,
    ...valuesOf(options),
  };
  for (const option of ["name", "cluster"] as const) {
    if (isName(settings[option])) continue;
    const message = `${option} "${settings[option]}": ${NAME_RULE}`;
    throw new RaftoralError("invalid-argument", message);
  }
  return settings;
}

function networkOf(options: ClientOptions, settings: Settings, ports: Ports): Network {
  const { cluster, connectTimeoutMs, name } = settings;
  if (options.network !== undefined) return options.network;
  const log = levelLog(options.logLevel ?? "warn", { client: name, cluster });
  return natsNetwork({ cluster, nats: options.nats ?? {}, ports, log, connectTimeoutMs });
}

const remoteParts = ({ callTimeoutMs }: Settings, { chance, clock, timers }: Ports) => ({
  clock,
  timers,
  unit: () => chance.unit(),
  callTimeoutMs,
});

async function clientOn(
  remote: Remote,
  settings: Settings,
  { chance, timers }: Ports,
): Promise<Client> {
  const { connectTimeoutMs, maxPayloadBytes: maxBytes, name, types } = settings;
  try {
    const { json } = await remote.call({ kind: "hello" }, { timeoutMs: connectTimeoutMs });
    if (settings.isAnyhow !== true) checkTerms(settings, json);
  } catch (error) {
    remote.close();
    throw explained(error, settings);
  }
  const codec = createValueCodec({ maxBytes, codec: settings.codec, types });
  const parts = {
    gateway: remoteGateway(remote),
    codec,
    schemaLimit: { timers, limitMs: settings.callTimeoutMs },
    newId: () => chance.id(),
  };
  return {
    name,
    start: (workflow, input, options = {}) => startRun(parts, workflow, input, options),
    get: (_workflow, id) => getRun(parts, id),
    list: async (filter) => parts.gateway.list(listFilter(filter)),
    versions: (options = {}) => parts.gateway.versions(options),
    admin: remoteAdmin(remote),
    close: async () => remote.close(),
  };
}

/** Else one of the two could not read what the other sends. */
function checkTerms(settings: Settings, hello: unknown): void {
  const { valueTerms: own } = settings;
  const members: unknown = Reflect.get(Object(hello), "valueTerms");
  if (members === own) return;
  if (typeof members !== "string") {
    throw new RaftoralError(
      "version-mismatch",
      "the members do not say which codec and types they have: they are of another build of " +
        "raftoral. Bring them and this client to the same one",
    );
  }
  throw new RaftoralError(
    "values-mismatch",
    `this client has ${own}; the members have ${members}: give it the same to connect`,
  );
}

function explained(error: unknown, { cluster, connectTimeoutMs }: Settings): unknown {
  const isNobody = error instanceof RaftoralError && error.code === "no-responders";
  if (!isNobody) return error;
  return new RaftoralError(
    "no-responders",
    `no member of the cluster "${cluster}" answered within ${connectTimeoutMs} ms: ` +
      "is that its name, is a node up, and is it on this NATS server?",
    { cause: error, retryable: true },
  );
}
