import type { RunHandle } from "../client/handle.ts";
import { RaftoralError } from "../errors.ts";
import { type CommandIo, EXIT, type ExitCode } from "./command.ts";
import { print } from "./connection.ts";

/** Errors that are a run's own end, not this command's. */
const ENDS: ReadonlySet<string> = new Set([
  "workflow-failed",
  "workflow-cancelled",
  "workflow-terminated",
]);

/** Waits for a run's end and tells it; a run that ended badly is exit code 1. */
export async function showResult({
  io,
  flags,
  run,
  timeout,
}: {
  readonly io: CommandIo;
  readonly flags: { readonly json?: true };
  readonly run: RunHandle<unknown>;
  /** In milliseconds. */
  readonly timeout?: number;
}): Promise<ExitCode> {
  const { workflowId: id } = run;
  try {
    const result = await run.result(timeout === undefined ? {} : { timeout });
    print(io, flags, { id, status: "completed", result }, () => `${shown(result)}\n`);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof RaftoralError && ENDS.has(error.code))) throw error;
    const { code, message } = error;
    if (flags.json === true) print(io, flags, { id, status: code, message }, () => "");
    else io.writeError(`${message}\n`);
    return EXIT.bad;
  }
}

const shown = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value, undefined, 2) ?? "undefined");
