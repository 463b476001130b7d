// A group of one state and a log counter: what the tests of the machine feed commands through.

import * as assert from "uvu/assert";
import { epoch, index, nodeId, path, position, type RunId } from "../../../src/std/ids.ts";
import type { Divergence, EffectIdentity, ProcessId } from "../../../src/workflow/dsl/record.ts";
import { apply } from "../../../src/workflow/machine/apply.ts";
import type {
  Applied,
  Batch,
  BatchItem,
  BatchReply,
  Command,
  Start,
} from "../../../src/workflow/machine/command.ts";
import { isFit, isSameProcess } from "../../../src/workflow/machine/ownership.ts";
import {
  catalogueKey,
  createMachineState,
  isTerminal,
  type MachineState,
  type Run,
} from "../../../src/workflow/machine/state.ts";

export const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

export const divergence: Divergence = {
  path: "3",
  recorded: "compute charge",
  actual: "compute refund",
  reason: "another effect stands at this path",
};

export const effect = (at: string, kind: EffectIdentity["kind"] = "compute"): EffectIdentity => ({
  path: path(at),
  kind,
  name: `effect-${at}`,
  inputHash: "",
});

export const write = (
  at: string,
  options: { kind?: "checkpoint" | "variable" | "set"; name?: string; value?: number } = {},
): BatchItem => ({
  kind: "write",
  path: path(at),
  write: options.kind ?? "checkpoint",
  name: options.name ?? "mark",
  value: bytes(options.value ?? 1),
  cursor: position(0),
});

export const outcome = (at: string, value = 1): BatchItem => ({
  kind: "outcome",
  effect: effect(at),
  outcome: { ok: true, value: bytes(value) },
});

export const attempt = (at: string, message = "no", retryInMs = 100): BatchItem => ({
  kind: "attempt",
  effect: effect(at),
  attempt: 1,
  failure: { name: "Error", message },
  retryInMs,
});

export const finish = (value = 1): BatchItem => ({
  kind: "finish",
  outcome: { ok: true, value: bytes(value) },
});

/** One log. Each `apply` is an entry of its own. */
export class Group {
  readonly state: MachineState;
  lastIndex = 0;
  stampMs = 1_000;

  constructor(state: MachineState = createMachineState("g1")) {
    this.state = state;
  }

  apply(command: Command): Applied {
    this.lastIndex++;
    return this.applyAgain(command);
  }

  /** As another command of the same entry. */
  applyAgain(command: Command, offset = 0): Applied {
    const context = { index: index(this.lastIndex), offset, stampMs: this.stampMs };
    return apply(this.state, command, context);
  }

  announce(node: number, ...catalogue: readonly string[]): ProcessId {
    return this.announceAs(node, `nonce-${node}-${this.lastIndex + 1}`, catalogue);
  }

  announceAs(node: number, nonce: string, catalogue: readonly string[]): ProcessId {
    const name = `n${node}`;
    const { reply } = this.apply({
      kind: "announce",
      node: nodeId(node),
      name,
      nonce,
      catalogue,
      level: 1,
    });
    assert.is(reply.kind, "announced");
    return {
      node: nodeId(node),
      incarnation: reply.kind === "announced" ? reply.incarnation : 0,
    };
  }

  start(workflowId: string, options: Partial<Start> = {}): Run {
    const { reply } = this.apply(startOf(workflowId, options));
    assert.is(reply.kind, "started");
    return this.run(reply.kind === "started" ? reply.runId : undefined);
  }

  run(id: RunId | undefined): Run {
    const run = id === undefined ? undefined : this.state.runs.get(id);
    if (run === undefined) throw new Error(`no run ${id}`);
    return run;
  }

  /** The owner's next batch, unless the options say another. */
  say(run: Run, items: readonly BatchItem[], options: Partial<Batch> = {}): BatchReply {
    const { reply } = this.apply({ kind: "batches", batches: [batchOf(run, items, options)] });
    if (reply.kind !== "batches" || reply.replies[0] === undefined) throw new Error(reply.kind);
    return reply.replies[0];
  }
}

export const startOf = (workflowId: string, options: Partial<Start> = {}): Start => ({
  kind: "start",
  workflowId,
  name: "order",
  version: 1,
  input: bytes(7),
  inputHash: "h7",
  owner: nodeId(1),
  ...options,
});

export const batchOf = (
  run: Run,
  items: readonly BatchItem[],
  options: Partial<Batch> = {},
): Batch => ({
  runId: run.id,
  epoch: run.epoch,
  sequence: run.sequence + 1,
  through: run.through,
  items,
  ...options,
});

export const ORDER = "order@1";

/** Three members that are up with the order workflow, node 1 owning what is started. */
export function groupOfThree(): {
  readonly group: Group;
  readonly members: readonly [ProcessId, ProcessId, ProcessId];
} {
  const group = new Group();
  const members = [
    group.announce(1, ORDER),
    group.announce(2, ORDER),
    group.announce(3, ORDER),
  ] as const;
  return { group, members };
}

export const stale = epoch(0);

/** What must hold of every state, whatever was applied (ownership.ts I1-I3, batch.ts). */
export function checkInvariants(state: MachineState, hint: string): void {
  const indexed = [...state.byOwner.values(), ...state.unassigned.values()].flatMap((s) => [...s]);
  assert.is(new Set(indexed).size, indexed.length, `${hint}: no run stands in two indexes`);
  const isOpen = (run: Run): boolean =>
    run.status.kind === "running" || run.status.kind === "unassigned";
  const open = [...state.runs.values()].filter(isOpen).length;
  assert.is(indexed.length, open, `${hint}: the indexes hold all open runs and no other`);
  const timed = [...state.runs.values()].filter(
    ({ deadlineMs, status }) => deadlineMs !== undefined && !isTerminal(status),
  );
  const isTimed = timed.length === state.timed.size && timed.every((run) => state.timed.has(run));
  assert.ok(isTimed, `${hint}: open runs with a deadline are indexed`);
  let ordinal = -1;
  for (const run of state.runs.values()) {
    assert.ok(run.ordinal > ordinal, `${hint}: runs stand in the order of their starts`);
    ordinal = run.ordinal;
    checkPlace(state, run, hint);
    checkRecords(run, hint);
  }
}

function checkPlace(state: MachineState, run: Run, hint: string): void {
  const key = catalogueKey(run.name, run.version);
  if (run.status.kind === "running") {
    const member = run.owner === undefined ? undefined : state.members.get(run.owner.node);
    const holds = member !== undefined && isSameProcess(run.owner, member) && isFit(member, run);
    assert.ok(holds, `${hint}: rule 18: the owner of ${run.id} is up and fit`);
    const index = run.owner === undefined ? undefined : state.byOwner.get(run.owner.node);
    assert.ok(index?.has(run), `${hint}: a running run is found by its owner`);
  }
  if (run.status.kind === "unassigned") {
    assert.is(run.owner, undefined, `${hint}: nobody owns an unassigned run`);
    assert.ok(state.unassigned.get(key)?.has(run), `${hint}: it is found by what it waits for`);
    const fit = [...state.members.values()].some((member) => isFit(member, run));
    assert.not(fit, `${hint}: rule 14: nothing is unassigned that a member could own`);
  }
  assert.is(isTerminal(run.status), run.endedAtMs !== undefined, `${hint}: an end has its time`);
}

function checkRecords(run: Run, hint: string): void {
  const places = [...run.inputs, ...run.writes.values()].map((record) => record.position);
  assert.is(new Set(places).size, places.length, `${hint}: no position is given twice`);
  assert.ok(Math.max(...places) < run.next, `${hint}: positions are below the next`);
  assert.ok(run.through < run.next, `${hint}: no rest on what does not exist`);
  let atMs = 0;
  let before = -1;
  for (const input of run.inputs) {
    assert.ok(input.atMs >= atMs && input.position > before, `${hint}: rule 6: time only grows`);
    atMs = input.atMs;
    before = input.position;
  }
}
