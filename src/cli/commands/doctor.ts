import { type HomeReport, inspectHome } from "../../node/doctor.ts";
import { type AddCommand, EXIT } from "../command.ts";
import { table } from "../table.ts";

/** `raftoral doctor`: what the directory of a stopped node holds, and what of it is damaged. */
export const addDoctor: AddCommand = (program, io, finish) => {
  program
    .command("doctor")
    .description("look into the directory of a stopped node: 0 sound, 1 damaged, 2 not a node's")
    .argument("<dataDir>", "the directory that the node is given")
    .option("--json", "one JSON object")
    .action(async (directory: string, flags: { readonly json?: boolean }) => {
      const report = await inspectHome(directory);
      io.write(flags.json === true ? `${JSON.stringify(report)}\n` : text(report));
      finish(report.problems.length === 0 ? EXIT.done : EXIT.bad);
    });
};

function text(report: HomeReport): string {
  const { entries, hardState, identity, problems, segments, snapshots, vote } = report;
  const who = identity === undefined ? "unknown" : `${identity.node} of ${identity.clusterUuid}`;
  const lines = [
    `node       ${who}`,
    `state      term ${hardState.term}, vote ${hardState.vote}, commit ${hardState.commit}`,
    `vote file  ${vote}`,
    `entries    ${entries === undefined ? "none" : `${entries.first} to ${entries.last}`}`,
    ...snapshots.map(({ name, isWhole }) => `snapshot   ${name}, ${isWhole ? "whole" : "damaged"}`),
  ];
  const rows = segments.map((one) => [
    one.name,
    `${one.bytes}`,
    `${one.frames}`,
    one.firstSave === undefined ? "-" : `${one.firstSave} to ${one.lastSave}`,
    one.tail,
  ]);
  const segmentTable =
    rows.length === 0
      ? ""
      : `\n${table([["segment", "bytes", "frames", "saves", "tail"], ...rows])}`;
  const verdict = problems.length === 0 ? "sound" : problems.join("\n");
  return `${lines.join("\n")}\n${segmentTable}\n${verdict}\n`;
}
