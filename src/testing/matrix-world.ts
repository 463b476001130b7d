// What a crash matrix's scenario has at hand: workflow ids, and what was accepted under them.

import { nodeId } from "../std/ids.ts";
import type { AnyWorkflow, Workflow } from "../workflow/dsl/define.ts";
import { accepted } from "../workflow/dsl/schema.ts";
import type { Signal } from "../workflow/dsl/signal.ts";
import type { Command, Reply } from "../workflow/machine/command.ts";
import { findRun } from "../workflow/machine/query.ts";
import { isTerminal, type Run } from "../workflow/machine/state.ts";
import type { OneLog } from "./engine/one-log.ts";
import { realLimit } from "./patience.ts";

/** What a scenario does from outside. Nothing moves but while one of these is awaited. */
export interface MatrixWorld {
  start<I>(workflow: Workflow<I, unknown>, input: I, id: string): Promise<void>;
  signal<T>(id: string, signal: Signal<T, unknown>, value: T): Promise<void>;
  cancel(id: string, reason: string): Promise<void>;
  /** Registers a workflow that is started by other workflows alone. */
  know(workflow: AnyWorkflow): Promise<void>;
  /** Any other command, and what the group answers. */
  propose(command: Command): Promise<Reply>;
  /** Until the accepted records of the run that this id names satisfy `isSo`. */
  until(id: string, isSo: (run: Run) => boolean): Promise<void>;
  /** How the run ended: its kind, with its value or the message of its error. */
  end(id: string): Promise<{ readonly kind: string; readonly value?: unknown }>;
  /** A variable as of the last accepted write. */
  variable(id: string, name: string): unknown;
}

export function matrixWorld(log: OneLog): MatrixWorld {
  const { codec } = log;
  const runOf = (id: string): Run | undefined => findRun(log.state, id);
  const until = (id: string, isSo: (run: Run) => boolean): Promise<void> =>
    log.until(() => {
      const run = runOf(id);
      return run !== undefined && isSo(run);
    });
  return {
    until,
    know: (workflow) => log.know(workflow),
    propose: (command) => log.propose(command),
    start: async (workflow, input, workflowId) => {
      await log.know(workflow);
      const { name, version } = workflow;
      const inputHash = codec.hash(input);
      const bytes = codec.encode(await accepted(workflow.input, input, name, realLimit()));
      const start = { kind: "start", workflowId, name, version, inputHash } as const;
      await log.propose({ ...start, input: bytes, owner: nodeId(1) });
    },
    signal: async (workflowId, { name, input }, value) => {
      const id = `${name} ${log.entries}`;
      const taken = await accepted(input, value, `the signal "${name}"`, realLimit());
      const sent = codec.encode(taken);
      await log.propose({ kind: "signal", workflowId, id, name, value: sent });
    },
    cancel: async (workflowId, reason) => {
      await log.propose({ kind: "cancel", workflowId, id: `cancel ${workflowId}`, reason });
    },
    end: async (id) => {
      await until(id, ({ status }) => isTerminal(status));
      const status = runOf(id)?.status;
      switch (status?.kind) {
        case "completed":
          return { kind: "completed", value: codec.decode(status.value) };
        case "failed":
          return { kind: "failed", value: `${status.failure.name}: ${status.failure.message}` };
        default:
          return { kind: status?.kind ?? "unknown" };
      }
    },
    variable: (id, name) => {
      const value = runOf(id)?.variables.get(name);
      return value === undefined ? undefined : codec.decode(value);
    },
  };
}
