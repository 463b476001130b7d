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

/** Where the scripts lie, if they are on this machine. */
export function scriptsFolder(named?: string): { readonly folder: string; readonly is: boolean } {
  const folder = named ?? process.env["RAFT_CONFORMANCE"] ?? DEFAULT;
  return { folder, is: ROOMS.some(({ folder: room }) => existsSync(join(folder, room))) };
}

export function runAll(folder: string): readonly Outcome[] {
  return ROOMS.flatMap(({ folder: room, create }) =>
    readdirSync(join(folder, room))
      .filter((name) => name.endsWith(".txt"))
      .sort()
      .map((name) => {
        const file = `${room}/${name}`;
        return runScript(file, readFileSync(join(folder, file), "utf8"), create());
      }),
  );
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
