#!/usr/bin/env node
// The `raftoral` command. What it can do is in `commands/`, one file each.

import process from "node:process";
import { runCommandLine } from "./command-line.ts";

// Whoever reads may go first, as `head` does: a node must not end by that.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  hasColors: process.stdout.isTTY === true,
});
