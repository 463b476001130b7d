import type { AddCommand } from "../command.ts";

/** `raftoral lint`: the determinism linter. */
export const addLint: AddCommand = (program) => {
  program
    .command("lint")
    .description("the determinism linter (not there yet)")
    .option("-p, --project <tsconfig>", "the project whose workflows are checked", "tsconfig.json")
    .action(async (options: { project: string }) => {
      // Loaded only here: services never pay for the compiler.
      const { lint } = await import("../../../compiler/index.ts");
      lint(options);
    });
};
