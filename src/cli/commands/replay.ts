import { relative } from "node:path";
import type { Replayed } from "../../testing/replay.ts";
import { type AddCommand, EXIT } from "../command.ts";
import { loadModule, workflowFiles } from "../load-module.ts";

interface ReplayFlags {
  readonly workflows: readonly string[];
  readonly json?: true;
}

/** `raftoral replay`: histories against the code of today, for CI. */
export const addReplay: AddCommand = (program, io, finish) => {
  program
    .command("replay")
    .description("replay histories against today's code; exits 1 if one diverges")
    .argument("<path>", "a history, or a folder of .jsonl files")
    .requiredOption(
      "-w, --workflows <modules...>",
      "modules that export the workflows, or folders of them",
    )
    .option("--json", "one line of JSON for each history")
    .action(async (path: string, { workflows, json }: ReplayFlags) => {
      const { replayHistories } = await import("../../testing/replay.ts");
      const files = workflows.flatMap(workflowFiles);
      const modules = await Promise.all(files.map(loadModule));
      const known = modules.flatMap((module) => module.workflows);
      let bad = 0;
      let all = 0;
      const { codec } = modules.find((module) => module.codec !== undefined) ?? {};
      const types = [...new Set(modules.flatMap((module) => module.types ?? []))];
      for await (const replayed of replayHistories(path, known, { codec, types })) {
        all++;
        if (replayed.kind !== "ok") bad++;
        io.write(json === true ? `${JSON.stringify(replayed)}\n` : described(replayed));
      }
      if (json !== true) io.write(`${all} replayed, ${bad} of them not as recorded\n`);
      finish(bad === 0 && all > 0 ? EXIT.done : EXIT.bad);
    });
};

function described({ file, run, kind, why, divergence }: Replayed): string {
  const head = [kind.padEnd(10), file, run, why].filter(
    (part) => part !== undefined && part !== "",
  );
  const first = `${head.join("  ")}\n`;
  if (divergence === undefined) return first;
  const { path, index, recorded, actual, source } = divergence;
  const place = path === "" ? "" : ` at effect ${path}`;
  const lines = [
    `  after input ${index}${place}${source === undefined ? "" : `, ${relative("", source)}`}`,
    `  - recorded: ${recorded}`,
    `  + actual:   ${actual}`,
  ];
  return `${first}${lines.join("\n")}\n`;
}
