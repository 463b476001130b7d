import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { lint } from "raftoral/lint";
import { projectOf } from "../../fixtures/lint/analyses.ts";
import { KINDS } from "./kinds.ts";

// npm run lint:typescripts -- [--versions 5.9.3,7.0.2]: installs each TypeScript from the registry
// beside each kind of project. Its own tsc has to accept the project, and the linter to find in it
// what is there and nothing else. Exits with 1 when either does not hold.

const VERSIONS = "5.5.4,5.9.3,6.0.3,7.0.2";

const { values } = parseArgs({ options: { versions: { type: "string", default: VERSIONS } } });
let failures = 0;
for (const version of values.versions.split(",")) {
  const home = projectOf({ "package.json": "{}" });
  const install = ["install", "--no-audit", "--no-fund", "--prefix", home, `typescript@${version}`];
  execFileSync("npm", install, { stdio: ["ignore", "ignore", "inherit"] });
  for (const kind of KINDS) {
    const project = projectOf(kind.files);
    const config = join(project, "tsconfig.json");
    const report = await lint({ project: config });
    const checked = tscOf(home, config, kind.isBuild === true);
    const found = report.findings.map(({ ruleId, file }) => `${ruleId} ${file}`).join(", ");
    const isRight = checked === "" && found === kind.finding;
    if (!isRight) failures += 1;
    const said = checked === "" ? "tsc accepts it" : checked.trim();
    const line = `${version.padEnd(6)} ${kind.name}: ${said}; lint: ${found || "nothing"}`;
    process.stdout.write(`${isRight ? "ok  " : "BAD "} ${line}\n`);
    rmSync(project, { recursive: true, force: true });
  }
  rmSync(home, { recursive: true, force: true });
}
process.stdout.write(failures === 0 ? "all as expected\n" : `${failures} not as expected\n`);
if (failures > 0) process.exitCode = 1;

/** What the project's own compiler complains of. */
function tscOf(home: string, config: string, isBuild: boolean): string {
  const tsc = join(home, "node_modules/typescript/bin/tsc");
  try {
    execFileSync(process.execPath, [tsc, ...(isBuild ? ["-b"] : ["--noEmit", "-p"]), config]);
    return "";
  } catch (error) {
    const isOutput = error instanceof Error && "stdout" in error;
    return isOutput ? String(error.stdout) : String(error);
  }
}
