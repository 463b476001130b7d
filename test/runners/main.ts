// npm run runners: the same test file of a user's under uvu, node:test, vitest and jest, in a
// folder of its own with the library linked. Exits 1 if one of them does not pass all three tests.

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";

/** Vitest 4 is the last for Node 20. */
const PACKAGES = ["uvu@0.5.6", "vitest@4.1.12", "jest@30.5.2"];
const FILE = "order.test.mjs";
/** As its own documentation has it for modules. */
const JEST = ["--experimental-vm-modules", "node_modules/jest/bin/jest.js"];

/** What is run, and what it prints when all three tests passed. */
const RUNNERS = {
  uvu: { args: [FILE], says: /Passed:\s+3/ },
  node: { args: ["--test", "--test-reporter=tap", FILE], says: /^# pass 3$/m },
  vitest: { args: ["node_modules/vitest/vitest.mjs", "run", FILE], says: /Tests\s+3 passed/ },
  jest: { args: [...JEST, "--testMatch", `**/${FILE}`], says: /^Tests:\s+3 passed, 3 total$/m },
} as const;

function run(command: string, args: readonly string[], runner: string): string {
  const env = { ...process.env, RUNNER: runner, NO_COLOR: "1", FORCE_COLOR: "0", NODE_OPTIONS: "" };
  const ran = spawnSync(command, args, { cwd: folder, env, encoding: "utf8" });
  return ran.status === 0
    ? ran.stdout + ran.stderr
    : `exit code ${ran.status}\n${ran.stdout}${ran.stderr}`;
}

const folder = mkdtempSync(join(tmpdir(), "raftoral-runners-"));
let failed = 0;
try {
  copyFileSync(new URL(`./${FILE}`, import.meta.url), join(folder, FILE));
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const install = ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...PACKAGES];
  process.stdout.write(run("npm", install, ""));
  symlinkSync(resolve("."), join(folder, "node_modules", "raftoral"));
  for (const [name, { args, says }] of Object.entries(RUNNERS)) {
    const out = run(process.execPath, args, name);
    const isGood = says.test(out);
    if (!isGood) failed++;
    process.stdout.write(isGood ? `ok     ${name}\n` : `FAILS  ${name}\n${out}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${Object.keys(RUNNERS).length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
