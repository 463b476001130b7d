import process from "node:process";
import type { NodeOptions } from "../../node/config.ts";
import type { Node } from "../../node/node.ts";
import { realPorts } from "../../node/ports.ts";
import { deferred } from "../../std/deferred.ts";
import { type AddCommand, type CommandIo, EXIT, type ExitCode } from "../command.ts";
import { type ConnectionOptions, durationOf, natsOptions, withConnection } from "../connection.ts";
import { loadModule } from "../load-module.ts";

interface NodeFlags extends ConnectionOptions {
  readonly name: string;
  readonly data?: string;
  readonly bootstrap?: true;
  readonly join?: true;
  readonly expect?: string;
  readonly drain: string;
  readonly engine: NonNullable<NodeOptions["engine"]>;
  readonly onBlocked?: NonNullable<NodeOptions["onBlocked"]>;
  readonly ownerBlockedLimit: string;
  readonly logLevel: NonNullable<NodeOptions["logLevel"]>;
  readonly json?: true;
}

/** `raftoral node`: one member, until it is told to stop. */
export const addNode: AddCommand = (program, io, finish) => {
  withConnection(program.command("node"))
    .description("run one member of a cluster; SIGTERM hands over and stops, a second one at once")
    .argument("<module>", "exports workflows, and deps, codec and types if there are any")
    .requiredOption("--name <name>", "its own among the cluster's nodes")
    .option("--data <directory>", "where it keeps its log (default: nowhere, in memory)")
    .option("--bootstrap", "found the cluster unless one answers")
    .option("--join", "never found one")
    .option("--expect <names>", "found with these, all fresh: a,b,c, the same list for each")
    .option("--drain <duration>", "how long handing over may take", "10s")
    .option("--engine <where>", "worker: on a thread of its own, or inline", "worker")
    .option("--owner-blocked-limit <duration>", "how long user code may block its loop", "30s")
    .option("--on-blocked <what>", "then exit, or hand-over alone (default: exit)")
    .option("--log-level <level>", "silent, error, warn, info or debug", "info")
    .option(
      "--json",
      "say that it is starting, up, stopping, and down, as one line for programs each",
    )
    .action(async (module: string, flags: NodeFlags) => {
      const code = await run(module, flags, io);
      finish(code);
      // What was said last still leaves; what the module holds open is no reason to stay.
      realPorts().timers.set(LAST_WORDS_MS, () => process.exit(code));
    });
};

const LAST_WORDS_MS = 300;

async function run(module: string, flags: NodeFlags, io: CommandIo): Promise<ExitCode> {
  const loaded = await loadModule(module);
  const told = deferred<"told">();
  let signals = 0;
  const onSignal = (): void => {
    signals++;
    if (signals > 1) process.exit(EXIT.bad);
    told.resolve("told");
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, onSignal);
  const { name } = flags;
  try {
    say(io, flags, { event: "starting", name });
    // Loaded only here: the other commands, and the linter, never pay for a node.
    const { startNode } = await import("../../node/start-node.ts");
    const starting = startNode({ ...optionsOf(flags), ...loaded });
    const node = await Promise.race([starting, told.promise]);
    if (node === "told") {
      // It has no runs yet, and its log stands any end: nothing is there to be handed over.
      say(io, flags, { event: "down", name });
      return EXIT.done;
    }
    say(io, flags, { event: "up", ...upOf(node) });
    return await untilEnd(node, { told: told.promise, flags, io });
  } finally {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.off(signal, onSignal);
  }
}

function optionsOf(flags: NodeFlags): Omit<NodeOptions, "workflows"> {
  const { bootstrap, cluster, data, engine, expect, join, logLevel, name } = flags;
  return {
    name,
    cluster,
    logLevel,
    engine,
    onBlocked: flags.onBlocked ?? (engine === "worker" ? "exit" : "hand-over"),
    ownerBlockedLimit: durationOf(flags.ownerBlockedLimit),
    nats: natsOptions(flags),
    boot: bootstrap === true ? "bootstrap" : join === true ? "join" : "auto",
    ...(data === undefined ? {} : { dataDir: data }),
    ...(expect === undefined ? {} : { expect: expect.split(",") }),
  };
}

const upOf = (node: Node) => ({
  name: node.name,
  clusterUuid: node.status().clusterUuid,
  pid: process.pid,
});

async function untilEnd(
  node: Node,
  { told, flags, io }: { told: Promise<"told">; flags: NodeFlags; io: CommandIo },
): Promise<ExitCode> {
  const end = await Promise.race([told, node.ended]);
  if (end === "told") {
    say(io, flags, { event: "stopping", name: node.name });
    await node.stop({ drain: durationOf(flags.drain) });
    say(io, flags, { event: "down", name: node.name });
    return EXIT.done;
  }
  // It stopped by itself: what it holds is given back before the process ends.
  await node.stop({ drain: 0 });
  const why = end?.message ?? "it was stopped";
  say(io, flags, { event: "failed", name: node.name, why });
  if (flags.json !== true) io.writeError(`raftoral: ${why}\n`);
  return EXIT.bad;
}

function say(
  io: CommandIo,
  flags: NodeFlags,
  what: { readonly event: string; readonly name: string } & Readonly<Record<string, unknown>>,
): void {
  const line = `${what.name} is ${what.event} in the cluster "${flags.cluster}"`;
  io.write(flags.json === true ? `${JSON.stringify(what)}\n` : `${line}\n`);
}
