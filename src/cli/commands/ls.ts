import type { ListFilter, RunDescription, RunStatusKind } from "../../client/gateway.ts";
import { type AddCommand, EXIT } from "../command.ts";
import { type ClientOptions, print, withClient, withClientOptions } from "../connection.ts";
import { table } from "../table.ts";
import { tagsOf } from "../tag-flag.ts";

interface LsFlags extends ClientOptions {
  readonly status?: RunStatusKind;
  readonly workflow?: string;
  readonly tag?: readonly string[];
  readonly prefix?: string;
  readonly limit: string;
  readonly cursor?: string;
}

/** `raftoral ls`: runs, oldest first. */
export const addLs: AddCommand = (program, io, finish) => {
  withClientOptions(program.command("ls"))
    .description("list runs, oldest first")
    .option(
      "-s, --status <status>",
      "running, completed, failed, parked … (an unknown one lists them)",
    )
    .option("--workflow <name>", "runs of this workflow only")
    .option("--tag <key=value...>", "runs that have it; may be given several times")
    .option("--prefix <text>", "runs whose id begins so")
    .option("--limit <n>", "at most so many", "100")
    .option("--cursor <cursor>", "go on behind an earlier page")
    .action(async (flags: LsFlags) => {
      await withClient(flags, async (client) => {
        const page = await client.list(filterOf(flags));
        print(io, flags, page, ({ runs, cursor }) => {
          const more = cursor === undefined ? "" : `more: --cursor ${cursor}\n`;
          return runs.length === 0 ? "no runs\n" : table([HEADING, ...runs.map(row)]) + more;
        });
        finish(EXIT.done);
      });
    });
};

const HEADING = ["id", "workflow", "status", "owner", "started", "records"];

const row = (run: RunDescription): readonly string[] => [
  run.workflowId,
  `${run.name}@${run.version}`,
  run.status,
  run.owner ?? "-",
  run.startedAt.toISOString(),
  `${run.records}`,
];

const filterOf = ({ cursor, limit, prefix, status, tag, workflow }: LsFlags): ListFilter => ({
  limit: Number(limit),
  ...(status === undefined ? {} : { status }),
  ...(workflow === undefined ? {} : { name: workflow }),
  ...(tag === undefined ? {} : { tags: tagsOf(tag) }),
  ...(prefix === undefined ? {} : { idPrefix: prefix }),
  ...(cursor === undefined ? {} : { cursor }),
});
