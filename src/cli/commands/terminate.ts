import { type AddCommand, EXIT } from "../command.ts";
import { type ClientOptions, print, withClient, withClientOptions } from "../connection.ts";
import { namedRun } from "../named-run.ts";

/** `raftoral terminate`: ends a run from outside. */
export const addTerminate: AddCommand = (program, io, finish) => {
  withClientOptions(program.command("terminate"))
    .description("end a run from outside; its workflow is not asked")
    .argument("<id>", "the run's id")
    .option("--reason <text>", "why", "by the command line")
    .action(async (id: string, flags: ClientOptions & { readonly reason: string }) => {
      await withClient(flags, async (client) => {
        await namedRun(client, id).terminate(flags.reason);
        print(io, flags, { id, status: "terminated" }, () => `${id} is terminated\n`);
        finish(EXIT.done);
      });
    });
};
