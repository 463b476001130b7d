import { type HomeReport, inspectHome } from "../../node/doctor.ts";
import { realPorts } from "../../node/ports.ts";
import { type RecoveryReport, recoverHome } from "../../node/recover.ts";
import { type AddCommand, type CommandIo, EXIT, type ExitCode } from "../command.ts";
import { table } from "../table.ts";

interface DoctorFlags {
  readonly json?: true;
  readonly recover?: true;
  readonly othersAreLost?: true;
}

/** `raftoral doctor`: what the directory of a stopped node holds, and what of it is damaged. */
export const addDoctor: AddCommand = (program, io, finish) => {
  program
    .command("doctor")
    .description("look into the directory of a stopped node: 0 sound, 1 damaged, 2 not a node's")
    .argument("<dataDir>", "the directory that the node is given")
    .option("--json", "one JSON object")
    .option("--recover", "a majority is lost for ever: what making this one a cluster would do")
    .option("--others-are-lost", "with --recover: do it; the others must never start again")
    .action(async (directory: string, flags: DoctorFlags) => {
      if (flags.recover === true) {
        finish(await recover(directory, flags, io));
        return;
      }
      const report = await inspectHome(directory);
      io.write(flags.json === true ? `${JSON.stringify(report)}\n` : text(report));
      finish(report.problems.length === 0 ? EXIT.done : EXIT.bad);
    });
};

async function recover(
  directory: string,
  { json, othersAreLost }: DoctorFlags,
  io: CommandIo,
): Promise<ExitCode> {
  const report = await recoverHome(directory, realPorts(), { isMeant: othersAreLost === true });
  io.write(json === true ? `${JSON.stringify(report)}\n` : recoveryText(report));
  return report.isDone ? EXIT.done : EXIT.bad;
}

function recoveryText({ clusterUuid, isDone, node, others, ...rest }: RecoveryReport): string {
  const ids = others.length === 0 ? "none" : others.join(", ");
  return [
    isDone ? "DONE: this directory is a cluster of one now." : "NOTHING IS CHANGED YET.",
    `node         ${node}, the only member`,
    `cluster      ${clusterUuid}, before ${rest.oldClusterUuid}`,
    `taken out    ${ids}: their directories must never be started again`,
    `unconfirmed  ${rest.unconfirmed} entries that no majority is known to have: kept`,
    "lost         what the others had acknowledged, and this node never got",
    isDone
      ? "Start it, then add nodes with empty directories."
      : "Only if a majority is gone for ever: run it again with --others-are-lost.",
    "",
  ].join("\n");
}

function text(report: HomeReport): string {
  const { bodies, entries, hardState, identity, problems, segments, snapshots, vote } = report;
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
  const bodyRows = bodies.map(bodyRow);
  const titles = ["body", "bytes", "index", "term", "chunks", "taken", "state"];
  const bodyTable = bodyRows.length === 0 ? "" : `\n${table([titles, ...bodyRows])}`;
  const verdict = problems.length === 0 ? "sound" : problems.join("\n");
  return `${lines.join("\n")}\n${segmentTable}${bodyTable}\n${verdict}\n`;
}

function bodyRow({ fileBytes, kind, name, told }: HomeReport["bodies"][number]): readonly string[] {
  if (told === undefined) return [name, `${fileBytes}`, "-", "-", "-", "-", kind];
  const { chunks, damagedChunks, index, takenAtMs, term } = told;
  const whole = damagedChunks.length === 0 ? `${chunks}` : `${chunks}, ${damagedChunks.length} bad`;
  const taken = new Date(takenAtMs).toISOString();
  return [name, `${fileBytes}`, `${index}`, `${term}`, whole, taken, kind];
}
