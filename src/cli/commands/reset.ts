import { type AddCommand, EXIT } from "../command.ts";
import { type ClientOptions, print, withClient, withClientOptions } from "../connection.ts";
import { namedRun } from "../named-run.ts";

interface ResetFlags extends ClientOptions {
  readonly to: string;
}

/** `raftoral reset`: a run goes on in the middle, as another one. */
export const addReset: AddCommand = (program, io, finish) => {
  withClientOptions(program.command("reset"))
    .description("do a run's effects anew from one of them on; the run as it was is kept")
    .argument("<id>", "the run's id")
    .requiredOption(
      "--to <path>",
      'the first effect that is done anew, as in its history, or "start"',
    )
    .action(async (id: string, flags: ResetFlags) => {
      await withClient(flags, async (client) => {
        const run = namedRun(client, id);
        await run.reset({ to: flags.to });
        const { runId, status } = await run.describe();
        print(io, flags, { id, runId, status }, () => `${id} is ${status}, as ${runId}\n`);
        finish(EXIT.done);
      });
    });
};
