#!/usr/bin/env node
// The `raftoral` command. Parses flags and says what there is; each command has its own file.

import process from "node:process";
import { parseArgs } from "node:util";

const HELP = `raftoral: durable workflows inside your own processes

  raftoral lint      the determinism linter (not there yet)
  raftoral --help    this text

Commands for running nodes come with the network transport; until then nodes are started from code:
  import { startNode } from "raftoral";
`;

/** 0: done. 2: the command line was not understood. */
async function main(args: readonly string[]): Promise<number> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, strict: false });
  const [command] = positionals;
  if (command === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  if (command === "lint") {
    // Loaded only here: services never pay for the compiler.
    const { lint } = await import("../../compiler/index.ts");
    return lint({ project: "tsconfig.json" });
  }
  process.stderr.write(`raftoral: no command "${command}"\n\n${HELP}`);
  return 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`raftoral: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
