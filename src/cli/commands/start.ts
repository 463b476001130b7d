import type { StartOptions } from "../../client/start-run.ts";
import { RaftoralError } from "../../errors.ts";
import type { Client } from "../../node/connect.ts";
import { workflow } from "../../workflow/dsl/define.ts";
import { type AddCommand, EXIT } from "../command.ts";
import { type ClientOptions, print, withClient, withClientOptions } from "../connection.ts";
import { jsonOf } from "../json-flag.ts";
import { showResult } from "../result.ts";
import { tagsOf } from "../tag-flag.ts";

interface StartFlags extends ClientOptions {
  readonly id?: string;
  readonly input?: string;
  readonly workflowVersion?: string;
  readonly wait?: true;
  readonly tag?: readonly string[];
  readonly onConflict?: string;
  readonly delay?: string;
  readonly runTimeout?: string;
  readonly retention?: string;
  readonly owner?: string;
}

/** `raftoral start`: starts a run of a workflow that the members have. */
export const addStart: AddCommand = (program, io, finish) => {
  withClientOptions(program.command("start"))
    .description("start a run; with the same id and input as before it is the same run")
    .argument("<workflow>", "its name")
    .option("-i, --input <json>", "what the workflow is given (default: nothing)")
    .option("--id <id>", "the run's id (default: a random one)")
    .option("--workflow-version <n>", "default: the highest that a member has")
    .option("--tag <key=value...>", "found again by ls --tag; may be given several times")
    .option("--on-conflict <what>", "where the id is taken: join, fail or replace (default: join)")
    .option("--delay <duration>", "its body begins so long after (default: at once)")
    .option("--run-timeout <duration>", "it ends as timed out so long after its begin")
    .option("--retention <duration>", "how long it is kept after its end")
    .option("--owner <who>", "starter, balanced or leader (default: starter)")
    .option("-w, --wait", "until it has ended, and tell its result")
    .action(async (name: string, flags: StartFlags) => {
      const input = jsonOf("--input", flags.input);
      await withClient(flags, async (client) => {
        const version = await versionOf(client, name, flags.workflowVersion);
        const run = await client.start(stub(name, version), input, optionsOf(flags));
        if (flags.wait === true) {
          finish(await showResult({ io, flags, run }));
          return;
        }
        const started = { id: run.workflowId, workflow: name, version };
        print(io, flags, started, ({ id }) => `${id}\n`);
        finish(EXIT.done);
      });
    });
};

/** What of it is no option is refused where it is read. */
function optionsOf(flags: StartFlags): StartOptions {
  const { delay, id, onConflict, owner, retention, runTimeout, tag } = flags;
  const given = { delay, id, onConflict, owner, retention, timeout: runTimeout };
  const tags = tag === undefined ? {} : { tags: tagsOf(tag) };
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(named), ...tags };
}

/** Names it; the members have its body. */
const stub = (name: string, version: number) =>
  workflow<unknown, unknown>({
    name,
    version,
    run: function* () {
      return undefined;
    },
  });

async function versionOf(client: Client, name: string, asked: string | undefined): Promise<number> {
  if (asked !== undefined) return Number(asked);
  const { cluster, members } = await client.admin.status();
  const keys = [...new Set(members.flatMap(({ workflows }) => workflows))].sort();
  const versions = keys
    .filter((key) => key.slice(0, key.lastIndexOf("@")) === name)
    .map((key) => Number(key.slice(key.lastIndexOf("@") + 1)));
  if (versions.length > 0) return Math.max(...versions);
  const known = keys.length === 0 ? "no workflow" : keys.join(", ");
  throw new RaftoralError(
    "workflow-not-registered",
    `no member of "${cluster}" has the workflow "${name}": they have ${known}`,
  );
}
