// Who may import whom. Anything absent is forbidden; a new line here is a decision about the rooms.

/**
 * Room -> what it may import: a room, or one file of it. `type:` allows types alone, `lazy:` only
 * `import()`. A path belongs to the longest room that it begins with.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  "src/std": [],
  "src/errors": [],
  "src/raft": ["src/std"],
  "src/storage": [
    "src/std",
    "src/errors",
    "src/raft/codec",
    "type:src/raft/types",
    "type:src/raft/storage",
  ],
  "src/transport": ["src/std", "src/errors"],
  "src/replica": [
    "src/std",
    "src/errors",
    "src/raft",
    "src/storage/port",
    "src/storage/snapshot-port",
    "src/storage/snapshot-codec",
    "src/transport/port",
    "src/transport/envelope-codec",
  ],
  "src/workflow/dsl": ["src/std", "src/errors"],
  "src/workflow/values": ["src/std", "src/errors", "src/workflow/dsl"],
  "src/workflow/interpreter": ["src/std", "src/errors", "src/workflow/dsl"],
  "src/workflow/machine": ["src/std", "src/workflow/dsl"],
  "src/workflow/history": [
    "src/std",
    "src/errors",
    "src/workflow/dsl",
    "type:src/workflow/interpreter/journal",
    "type:src/workflow/machine/state",
  ],
  "src/workflow/runner": [
    "src/std",
    "src/errors",
    "src/workflow/dsl",
    "src/workflow/interpreter",
    "src/workflow/machine",
  ],
  "src/cluster": ["src/std", "src/errors", "type:src/raft/types"],
  "src/client": [
    "src/std",
    "src/errors",
    "src/workflow/dsl",
    // A client reads a run's failure in the form that the log has.
    "src/workflow/machine/record-codec",
    "src/workflow/machine/wire",
    "type:src/transport/port",
  ],
  "src/node": [
    "src/std",
    "src/errors",
    "src/raft",
    "src/storage",
    "src/transport",
    "src/replica",
    "src/workflow",
    "src/cluster",
    "src/client",
  ],
  "src/cli": [
    "src/std",
    "src/errors",
    "src/client",
    "src/node",
    "src/workflow/dsl",
    "type:src/transport/nats-options",
    "lazy:src/testing/replay",
    "type:src/testing/replay",
    "lazy:src/testing/simulate",
    "type:src/testing/simulate",
    "lazy:compiler",
    "type:compiler",
  ],
  "src/testing": [
    "src/std",
    "src/errors",
    "src/raft",
    "src/storage",
    "src/transport",
    "src/replica",
    "src/workflow",
    "src/cluster",
    "src/client",
    "src/node",
  ],
  "src/index": [
    "src/errors",
    "src/workflow/dsl",
    "src/transport/memory",
    "type:src/transport/nats-options",
    "src/client",
    "src/node",
  ],
  compiler: ["src/errors", "src/workflow/dsl"],
};

const COMMAND_LINE = /^src\/(cli\/|testing\/sim\/(main|seeds)\.ts)|^compiler\//;

/** Package -> the files of src and compiler that may import it. A package not listed has none. */
export const PACKAGES: Readonly<Record<string, RegExp>> = {
  commander: /^src\/cli\//,
  nats: /^src\/transport\/nats/,
  pino: /^src\/node\//,
  superjson: /^src\/workflow\/values\//,
  "ts-morph": /^compiler\//,
  "@ts-morph/common": /^compiler\/analysis\/program/,
  "node:crypto": /^src\/node\/ports|^compiler\//,
  "node:fs": /^src\/(storage\/disk|cli|testing\/replay)|^compiler\//,
  "node:module": /^src\/cli\//,
  "node:http": /^src\/node\/http/,
  "node:timers": /^src\/node\/ports/,
  "node:child_process": /^src\/testing\/sim\/seeds/,
  "node:os": /^src\/(testing\/sim\/main|storage\/disk\/(place|node-file-system))/,
  "node:path": new RegExp(`${COMMAND_LINE.source}|^src/storage/disk/place`),
  "node:process": COMMAND_LINE,
  "node:url": new RegExp(`${COMMAND_LINE.source}|^src/node/ports`),
  /** Failures of stepping tests show values as Node does; it knows what no listing is fast for. */
  "node:util": new RegExp(
    `${COMMAND_LINE.source}|^src/(testing/report|workflow/values/own-properties)`,
  ),
  "node:worker_threads": /^src\/node\/thread\/(main|spawn)/,
  "node:zlib": /^src\/storage\//,
  "node:v8": /^src\/(testing\/sim\/simulator|cli\/commands\/lint)/,
};

const PORTS = /^src\/node\/ports/;
/** The simulator's kernel lets V8 empty its microtasks. */
const PORTS_AND_KERNEL = new RegExp(`${PORTS.source}|^src/testing/sim/simulator`);
const PORTS_AND_COMMAND_LINE = new RegExp(`${PORTS.source}|${COMMAND_LINE.source}`);

/** What enters through ports -> the files that may take it from the platform. */
export const AMBIENT: Readonly<Record<string, RegExp>> = {
  "Date.now": PORTS,
  "new Date()": PORTS,
  "Math.random": PORTS,
  crypto: PORTS,
  fetch: PORTS,
  performance: PORTS_AND_COMMAND_LINE,
  process: PORTS_AND_COMMAND_LINE,
  setTimeout: PORTS,
  setInterval: PORTS,
  setImmediate: PORTS_AND_KERNEL,
};

/** Where a cast may be: where its reason is. */
export const CASTS = /^src\/(std\/ids|workflow\/dsl\/effect|.*codec)\.ts$/;
