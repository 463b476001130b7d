#!/usr/bin/env node
// The `raftoral` command. What it can do is in `commands/`, one file each.

import process from "node:process";
import { runCommandLine } from "./command-line.ts";

process.exitCode = await runCommandLine(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  hasColors: process.stdout.isTTY === true,
});
