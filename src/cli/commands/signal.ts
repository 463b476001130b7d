import { signal } from "../../workflow/dsl/signal.ts";
import { type AddCommand, EXIT } from "../command.ts";
import { type ClientOptions, print, withClient, withClientOptions } from "../connection.ts";
import { jsonOf } from "../json-flag.ts";
import { namedRun } from "../named-run.ts";

interface SignalFlags extends ClientOptions {
  readonly value?: string;
  readonly signalId?: string;
}

/** `raftoral signal`: tells a run something. */
export const addSignal: AddCommand = (program, io, finish) => {
  withClientOptions(program.command("signal"))
    .description("send a run a signal; with the same --signal-id it arrives once")
    .argument("<id>", "the run's id")
    .argument("<name>", "the signal's name")
    .option("--value <json>", "what it carries (default: nothing)")
    .option("--signal-id <id>", "default: a random one")
    .action(async (id: string, name: string, flags: SignalFlags) => {
      const value = jsonOf("--value", flags.value);
      await withClient(flags, async (client) => {
        const { signalId } = flags;
        const options = signalId === undefined ? {} : { id: signalId };
        await namedRun(client, id).signal(signal<unknown>(name), value, options);
        print(io, flags, { id, signal: name }, () => `${name} is sent to ${id}\n`);
        finish(EXIT.done);
      });
    });
};
