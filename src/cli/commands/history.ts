import { type AddCommand, EXIT } from "../command.ts";
import { type ClientOptions, withClient, withClientOptions } from "../connection.ts";
import { namedRun } from "../named-run.ts";

/** `raftoral history`: a run as JSON lines, for reading and for replaying. */
export const addHistory: AddCommand = (program, io, finish) => {
  withClientOptions(program.command("history"))
    .description("write a run's history as JSON lines: docs/concepts/histories.md")
    .argument("<id>", "the run's id")
    .option("--redact", "leave out values and what errors say")
    .action(async (id: string, flags: ClientOptions & { readonly redact?: true }) => {
      await withClient(flags, async (client) => {
        const options = { redact: flags.redact === true };
        for await (const line of namedRun(client, id).history(options)) io.write(`${line}\n`);
        finish(EXIT.done);
      });
    });
};
