// How the commands reach a cluster: options, environment, and one client for each command line.

import { readFileSync } from "node:fs";
import process from "node:process";
import type { Command } from "commander";
import { RaftoralError } from "../errors.ts";
import type { Client } from "../node/connect.ts";
import type { NatsOptions } from "../transport/nats-options.ts";
import type { CommandIo } from "./command.ts";
import { loadValues } from "./load-module.ts";

export interface ConnectionOptions {
  readonly cluster: string;
  readonly nats: string;
  readonly credentials?: string;
  readonly nkey?: string;
  readonly ca?: string;
}

export interface ClientOptions extends ConnectionOptions {
  readonly values?: string;
  readonly as?: string;
  readonly timeout: string;
  readonly json?: true;
}

/** Where the cluster is, and as whom. */
export function withConnection(command: Command): Command {
  const { RAFTORAL_CLUSTER, RAFTORAL_NATS } = process.env;
  return command
    .option(
      "-c, --cluster <name>",
      "the cluster ($RAFTORAL_CLUSTER)",
      RAFTORAL_CLUSTER ?? "raftoral",
    )
    .option(
      "-n, --nats <url>",
      "the NATS server, or several with commas ($RAFTORAL_NATS)",
      RAFTORAL_NATS ?? "nats://127.0.0.1:4222",
    )
    .option("--credentials <file>", "a .creds file for NATS")
    .option("--nkey <file>", "a file with an nkey seed for NATS")
    .option("--ca <file>", "a certificate authority for TLS with NATS");
}

/** A command that asks a cluster. */
export const withClientOptions = (command: Command): Command =>
  withConnection(command)
    .option("--as <name>", "its name in the server's permissions (default: a random one)")
    .option("--timeout <duration>", "how long to go on asking", "30s")
    .option(
      "--values <module>",
      "exports the members' codec and types, if they have any ($RAFTORAL_VALUES)",
      process.env["RAFTORAL_VALUES"],
    )
    .option("--json", "for programs");

export function natsOptions(options: ConnectionOptions): NatsOptions {
  const { ca, credentials, nats, nkey } = options;
  return {
    servers: nats.split(",").map((server) => server.trim()),
    ...(credentials === undefined ? {} : { credentials: textOf(credentials) }),
    ...(nkey === undefined ? {} : { nkeySeed: textOf(nkey) }),
    ...(ca === undefined ? {} : { tls: { caFile: ca } }),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new RaftoralError("invalid-argument", `${path} cannot be read`, { cause });
  }
}

/** Does it with a client, which is closed whatever happens. */
export async function withClient<T>(
  options: ClientOptions,
  act: (client: Client) => Promise<T>,
): Promise<T> {
  // Loaded only here: commands that ask no cluster do not pay for it.
  const { connect, connectAnyhow } = await import("../node/connect.ts");
  const { values } = options;
  // Much can be done without: what needs them says so.
  const client = await (values === undefined ? connectAnyhow : connect)({
    ...(values === undefined ? {} : await loadValues(values)),
    cluster: options.cluster,
    ...(options.as === undefined ? {} : { name: options.as }),
    nats: natsOptions(options),
    callTimeout: durationOf(options.timeout),
    logLevel: "silent",
  });
  try {
    return await act(client);
  } finally {
    await client.close();
  }
}

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** A flag as milliseconds: "250ms", "10s", "5m", "1h", or a bare number of milliseconds. */
export function durationOf(text: string): number {
  const [, amount, unit = "ms"] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text) ?? [];
  for (const [name, unitMs] of Object.entries(UNITS_MS)) {
    if (amount !== undefined && name === unit) return Number(amount) * unitMs;
  }
  const message = `"${text}" is no duration: "250ms", "10s", "5m" or "1h"`;
  throw new RaftoralError("invalid-argument", message);
}

/** One line for programs, or what `show` makes of it for people. */
export function print<T>(
  io: CommandIo,
  options: { readonly json?: true },
  value: T,
  show: (value: T) => string,
): void {
  io.write(options.json === true ? `${JSON.stringify(value)}\n` : show(value));
}
