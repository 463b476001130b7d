// Node's own modules, without `node:`.

import type { ModuleEntry } from "./entry.ts";

const io = { rest: "io" } as const;
const clean = { rest: "clean" } as const;

export const NODE_MODULES: Readonly<Record<string, ModuleEntry>> = {
  fs: io,
  "fs/promises": io,
  net: io,
  http: io,
  https: io,
  http2: io,
  dgram: io,
  dns: io,
  "dns/promises": io,
  tls: io,
  child_process: io,
  cluster: io,
  readline: io,
  "readline/promises": io,
  repl: io,
  inspector: io,
  sqlite: io,
  wasi: io,
  tty: io,
  stream: io,
  "stream/promises": io,
  "stream/web": io,
  "stream/consumers": io,
  worker_threads: { rest: "concurrency" },
  os: { rest: "env" },
  process: {
    rest: "env",
    members: {
      time: "hrtime uptime",
      timer: "nextTick",
      io: "stdout stdin stderr exit kill abort chdir send on once",
      gc: "memoryUsage",
    },
  },
  perf_hooks: { rest: "time" },
  timers: {
    rest: "timer",
    members: { clean: "clearTimeout clearInterval clearImmediate" },
  },
  "timers/promises": { rest: "timer" },
  crypto: {
    rest: "clean",
    members: {
      random: `randomUUID randomBytes randomInt randomFill randomFillSync getRandomValues
        webcrypto.randomUUID webcrypto.getRandomValues webcrypto.subtle.generateKey
        pseudoRandomBytes generateKey generateKeySync generateKeyPair generateKeyPairSync
        generatePrime generatePrimeSync createDiffieHellman createECDH`,
      async: "pbkdf2 scrypt hkdf",
    },
  },
  v8: { rest: "gc", members: { clean: "serialize deserialize" } },
  vm: { rest: "dynamic-code" },
  module: { rest: "dynamic-code" },
  async_hooks: { rest: "async" },
  diagnostics_channel: { rest: "logging" },
  console: { rest: "logging" },
  util: {
    rest: "clean",
    members: { async: "promisify callbackify", logging: "debuglog debug deprecate log" },
  },
  events: { rest: "clean", members: { async: "once on" } },
  zlib: {
    rest: "clean",
    members: {
      async:
        "gzip gunzip deflate deflateRaw inflate inflateRaw unzip brotliCompress brotliDecompress",
    },
  },
  path: clean,
  "path/posix": clean,
  "path/win32": clean,
  url: clean,
  querystring: clean,
  string_decoder: clean,
  buffer: clean,
  assert: clean,
  "assert/strict": clean,
  punycode: clean,
  constants: clean,
  "util/types": clean,
};
