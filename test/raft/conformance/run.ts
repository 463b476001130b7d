// All scripts of a folder, each in a room of its own by the folder that it lies in.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInteractionRoom } from "./commands.ts";
import { createConfChangeRoom } from "./conf-change.ts";
import { type Command, parseScript } from "./datadriven.ts";
import { createQuorumRoom } from "./quorum.ts";

/** What executes the commands of one script, in order. */
export interface Room {
  run(command: Command): string;
}

const ROOMS: readonly { readonly folder: string; readonly create: () => Room }[] = [
  { folder: "quorum", create: createQuorumRoom },
  { folder: "confchange", create: createConfChangeRoom },
  { folder: "interaction", create: createInteractionRoom },
];

export interface Mismatch {
  readonly command: Command;
  readonly actual: string;
}

export interface Outcome {
  readonly file: string;
  readonly commands: number;
  readonly mismatches: readonly Mismatch[];
}

const DEFAULT = join(import.meta.dirname, "../../../../shared/raft-conformance");

export interface Scripts {
  readonly folder: string;
  /** By their path in the folder; none where it is absent. */
  readonly files: readonly string[];
}

export function scripts(named?: string): Scripts {
  const folder = named ?? process.env["RAFT_CONFORMANCE"] ?? DEFAULT;
  const files = ROOMS.filter((room) => existsSync(join(folder, room.folder))).flatMap((room) =>
    readdirSync(join(folder, room.folder))
      .filter((name) => name.endsWith(".txt"))
      .sort()
      .map((name) => `${room.folder}/${name}`),
  );
  return { folder, files };
}

export function runFile(folder: string, file: string): Outcome {
  const room = ROOMS.find((known) => file.startsWith(`${known.folder}/`));
  if (room === undefined) throw new Error(`no room for ${file}`);
  return runScript(file, readFileSync(join(folder, file), "utf8"), room.create());
}

export function runScript(file: string, text: string, room: Room): Outcome {
  const commands = parseScript(text);
  const mismatches: Mismatch[] = [];
  for (const command of commands) {
    const actual = answer(room, command);
    if (actual !== command.expected) mismatches.push({ command, actual });
  }
  return { file, commands: commands.length, mismatches };
}

function answer(room: Room, command: Command): string {
  try {
    const output = room.run(command);
    return output === "" || output.endsWith("\n") ? output : `${output}\n`;
  } catch (error) {
    return `thrown: ${error instanceof Error ? error.stack : String(error)}\n`;
  }
}
