import { type AddCommand, EXIT } from "../command.ts";
import { type ClientOptions, print, withClient, withClientOptions } from "../connection.ts";
import { namedRun } from "../named-run.ts";

/** `raftoral resume`: a new try for a run that was parked. */
export const addResume: AddCommand = (program, io, finish) => {
  withClientOptions(program.command("resume"))
    .description("take a parked run up again, after what parked it was mended")
    .argument("<id>", "the run's id")
    .action(async (id: string, flags: ClientOptions) => {
      await withClient(flags, async (client) => {
        const run = namedRun(client, id);
        await run.resume();
        const { status } = await run.describe();
        print(io, flags, { id, status }, () => `${id} is ${status}\n`);
        finish(EXIT.done);
      });
    });
};
