import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { type Command, Option } from "commander";
import type { LintFlags } from "../../../compiler/index.ts";
import { type AddCommand, EXIT } from "../command.ts";

/** `raftoral lint`: the determinism linter. What the flags mean is the compiler's to say. */
export const addLint: AddCommand = (program, io, finish) => {
  const command = program
    .command("lint")
    .description("find what makes a workflow differ between nodes or between replays")
    .argument("[paths...]", "keep findings that touch these files or folders alone");
  addOptions(command);
  command.action(async (paths: string[], flags: Omit<LintFlags, "paths">) => {
    // Loaded only here: services never pay for the compiler.
    const { lintCommand } = await import("../../../compiler/index.ts");
    optimiseLater();
    const passes = await lintCommand({ ...flags, paths }, io);
    finish(passes ? EXIT.done : EXIT.bad);
  });
};

/**
 * A run is short: much of what V8 optimises in it is not used for long enough to pay back. Four
 * times more patience costs a fifth less processor time on 1,000 files (decision 17). From V8 12
 * on, which Node 22 has, the flag is gone, and so is the need.
 */
function optimiseLater(): void {
  const hasFlag = Number.parseInt(process.versions.v8, 10) < 12;
  if (hasFlag) setFlagsFromString("--interrupt-budget=264000");
}

const FORMATS = "stylish, json, sarif, github, agent or junit";

function addOptions(command: Command): void {
  command
    .option("-p, --project <tsconfig>", "the project (default: tsconfig.json)")
    .option("--format <name>", `${FORMATS} (default: stylish)`)
    .option("-o, --output <file>", "write there instead of here")
    .option("--fail-on <severity>", "the least severity that exits with 1: error or warn")
    .option("--max-warnings <count>", "more warnings than this exit with 1")
    .addOption(listed("--rule <id=level>", "another severity: RD111=off; error, warn, info or off"))
    .addOption(listed("--declare <name=worth>", "what a call is worth: npm:dayjs=clean"))
    .option("--trust-externals", "take calls of unknown packages for deterministic")
    .option("--fix", "apply the fixes that need no look")
    .option("--fix-dry-run", "show what --fix would do")
    .option("--baseline <file>", "findings in this file do not count")
    .option("--update-baseline", "write all that is found now into the baseline")
    .option("--prune-baseline", "remove from the baseline what is no longer found")
    .option("--report-unused-suppressions <level>", "error, warn or off")
    .option("--workflow <name>", "keep this workflow alone: checkout or checkout@3")
    .option("--list-workflows", "list the workflows instead")
    .option("--graph <kind>", "print the calls that workflows reach: dot")
    .option("--explain <rule>", "print the page of a rule: RD101")
    .option("--stats", "say on stderr where the time went")
    .option("--cache <folder>", "keep what was found, and take it when nothing changed")
    .option("--watch", "lint again at every change")
    .option("--quiet", "show errors alone")
    .option("--no-color", "without colours; so does NO_COLOR")
    .option("--fingerprints <file>", "hold bodies against those of this file (RD304)");
}

/** May be given several times. */
function listed(flags: string, description: string): Option {
  return new Option(flags, description).argParser((word: string, before: string[] | undefined) => [
    ...(before ?? []),
    word,
  ]);
}
