import { type AddCommand, EXIT } from "../command.ts";
import { type ClientOptions, print, withClient, withClientOptions } from "../connection.ts";
import { namedRun } from "../named-run.ts";

/** `raftoral cancel`: asks a run to end. */
export const addCancel: AddCommand = (program, io, finish) => {
  withClientOptions(program.command("cancel"))
    .description("ask a run to end: its workflow may clean up first")
    .argument("<id>", "the run's id")
    .option("--reason <text>", "why", "by the command line")
    .action(async (id: string, flags: ClientOptions & { readonly reason: string }) => {
      await withClient(flags, async (client) => {
        await namedRun(client, id).cancel(flags.reason);
        print(io, flags, { id, cancel: "asked" }, () => `${id} is asked to end\n`);
        finish(EXIT.done);
      });
    });
};
