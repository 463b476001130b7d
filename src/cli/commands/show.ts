import type { RunDescription, WaitDescription } from "../../client/gateway.ts";
import { type AddCommand, EXIT } from "../command.ts";
import { type ClientOptions, print, withClient, withClientOptions } from "../connection.ts";
import { namedRun } from "../named-run.ts";

interface ShowFlags extends ClientOptions {
  readonly watch?: true;
}

/** `raftoral show`: one run, in whole. */
export const addShow: AddCommand = (program, io, finish) => {
  withClientOptions(program.command("show"))
    .description("show one run: status, owner, retries, divergence")
    .argument("<id>", "the run's id")
    .option("-f, --watch", "again at each change, until it has ended")
    .action(async (id: string, flags: ShowFlags) => {
      await withClient(flags, async (client) => {
        const run = namedRun(client, id);
        if (flags.watch !== true) print(io, flags, await run.describe(), shown);
        else for await (const state of run.watch()) print(io, flags, state, watched);
        finish(EXIT.done);
      });
    });
};

function waitWords(wait: WaitDescription): string {
  const until = "until" in wait && wait.until !== undefined ? wait.until.toISOString() : undefined;
  switch (wait.kind) {
    case "start":
      return `its start at ${until}`;
    case "sleep":
      return `${wait.path} sleep until ${until}`;
    case "receive":
      return `${wait.path} signal ${wait.signal}${until === undefined ? "" : `, until ${until}`}`;
    case "child":
      return `${wait.path} child ${wait.workflow} ${wait.workflowId ?? ""}`.trimEnd();
    default: {
      const limit = until === undefined ? "" : `, until ${until}`;
      return `${wait.path} ${wait.kind} ${wait.name}, attempt ${wait.attempt}${limit}`;
    }
  }
}

const watched = (run: RunDescription): string => `${shown(run)}\n`;

function shown(run: RunDescription): string {
  const lines: (readonly [string, string | undefined])[] = [
    ["id", run.workflowId],
    ["workflow", `${run.name}@${run.version}`],
    ["status", run.status],
    ["reason", run.reason],
    ["owner", run.owner],
    ["epoch", `${run.epoch}`],
    ["started", run.startedAt.toISOString()],
    ["ended", run.endedAt?.toISOString()],
    ["records", `${run.records}, ${run.bytes} bytes`],
    ...run.waitsFor.map((wait) => ["waits for", waitWords(wait)] as const),
    ["run id", run.runId],
    ...(run.divergence === undefined
      ? []
      : ([
          [
            run.reason?.startsWith("diverged:") ? "diverged at" : "at",
            `${run.divergence.path} ${run.divergence.source ?? ""}`,
          ],
          ["  recorded", run.divergence.recorded],
          ["  actual", run.divergence.actual],
        ] as const)),
    ...run.unfit.map(({ member, divergence: { actual, path, recorded } }) => {
      return ["passed over", `${member}, at ${path}: ${recorded}, not ${actual}`] as const;
    }),
    ...run.retries.map(({ error, failures, path }) => {
      return ["retrying", `${path}, failed ${failures} times: ${error}`] as const;
    }),
  ];
  return lines
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.padEnd(12)} ${value}\n`)
    .join("");
}
