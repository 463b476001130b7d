import type { Command } from "commander";

/** Where a command's words go. Tests hand in their own. */
export interface CommandIo {
  /** What was asked for: what a pipe gets. */
  readonly write: (text: string) => void;
  /** What went wrong, and progress. */
  readonly writeError: (text: string) => void;
  /** Whether `write` reaches a terminal that shows colours. Default false. */
  readonly hasColors?: boolean;
}

/** Exit codes of all commands. */
export const EXIT = {
  done: 0,
  /** The command was carried out, and what it found is bad: findings, damage, a failed run. */
  bad: 1,
  /** The command could not be carried out: its words, its configuration, no cluster. */
  usage: 2,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Adds one command; `finish` tells the exit code. Each command has its own file in `commands/`. */
export type AddCommand = (
  program: Command,
  io: CommandIo,
  finish: (code: ExitCode) => void,
) => void;
