import type { AddCommand } from "../command.ts";
import { type ClientOptions, durationOf, withClient, withClientOptions } from "../connection.ts";
import { namedRun } from "../named-run.ts";
import { showResult } from "../result.ts";

/** `raftoral result`: waits for a run's end. */
export const addResult: AddCommand = (program, io, finish) => {
  withClientOptions(program.command("result"))
    .description("wait for a run's end and tell its result; exit code 1 if it failed")
    .argument("<id>", "the run's id")
    .option("--within <duration>", "give up the wait after so long (default: never)")
    .action(async (id: string, flags: ClientOptions & { readonly within?: string }) => {
      await withClient(flags, async (client) => {
        const timeout = flags.within === undefined ? {} : { timeout: durationOf(flags.within) };
        finish(await showResult({ io, flags, run: namedRun(client, id), ...timeout }));
      });
    });
};
