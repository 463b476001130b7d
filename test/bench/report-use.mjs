// Loaded before a program that is measured: says at its end what it used.
import { writeSync } from "node:fs";
import process from "node:process";

process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  const bytes = process.resourceUsage().maxRSS * 1024;
  writeSync(2, `${JSON.stringify({ cpuMs: (user + system) / 1000, bytes })}\n`);
});
