import { Command, CommanderError } from "commander";
import { RaftoralError } from "../errors.ts";
import { ENGINE_VERSION } from "../std/version.ts";
import { type AddCommand, type CommandIo, EXIT, type ExitCode } from "./command.ts";
import { addCancel } from "./commands/cancel.ts";
import { addCluster } from "./commands/cluster.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addHistory } from "./commands/history.ts";
import { addLint } from "./commands/lint.ts";
import { addLs } from "./commands/ls.ts";
import { addNode } from "./commands/node.ts";
import { addReplay } from "./commands/replay.ts";
import { addReset } from "./commands/reset.ts";
import { addResult } from "./commands/result.ts";
import { addResume } from "./commands/resume.ts";
import { addShow } from "./commands/show.ts";
import { addSignal } from "./commands/signal.ts";
import { addSimulate } from "./commands/simulate.ts";
import { addStart } from "./commands/start.ts";
import { addTerminate } from "./commands/terminate.ts";

const COMMANDS: readonly AddCommand[] = [
  addNode,
  addStart,
  addResult,
  addLs,
  addShow,
  addHistory,
  addReplay,
  addSimulate,
  addSignal,
  addCancel,
  addTerminate,
  addReset,
  addResume,
  addCluster,
  addDoctor,
  addLint,
];

/** Carries out one command line. Never throws; every failure is a message and an exit code. */
export async function runCommandLine(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const program = new Command("raftoral")
    .description("durable workflows inside your own processes")
    .version(ENGINE_VERSION, "-V, --version", "tell which build this is")
    .configureOutput({ writeOut: io.write, writeErr: io.writeError })
    .showHelpAfterError("(raftoral --help lists the commands)")
    .exitOverride();
  for (const add of COMMANDS) {
    add(program, io, (code) => {
      exitCode = code;
    });
  }
  if (args.length === 0) {
    io.write(program.helpInformation());
    return EXIT.done;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    io.writeError(`raftoral: ${described(error)}\n`);
    return EXIT.usage;
  }
}

function described(error: unknown): string {
  if (error instanceof RaftoralError) return `${error.message} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
