// The gateway of a member: writes go through the log, reads come from this node's own state,
// after a read barrier unless the caller takes a stale answer.

import type {
  ChangeRequest,
  Gateway,
  ListFilter,
  ReadOptions,
  ResetRequest,
  RunChange,
  RunEnd,
  RunPage,
  SignalRequest,
  StartRequest,
  WaitOptions,
} from "../client/gateway.ts";
import { notFound } from "../client/handle.ts";
import { RaftoralError, TimedOut, WorkflowConflict, WorkflowEnded } from "../errors.ts";
import { type NodeId, path, runId } from "../std/ids.ts";
import type { Value } from "../workflow/dsl/record.ts";
import { historyPage } from "../workflow/history/history.ts";
import type { Command, Reply, Start } from "../workflow/machine/command.ts";
import { versionsInUse } from "../workflow/machine/query.ts";
import type { MachineState, Run } from "../workflow/machine/state.ts";
import { describe, endOf, page } from "./describe.ts";
import type { Waits } from "./waits.ts";

/** What the gateway needs of its group. */
export interface GroupDoor {
  readonly node: NodeId;
  readonly state: MachineState;
  /** Who leads, where that is known here. */
  readonly leader: NodeId | undefined;
  readonly waits: Waits<RunEnd>;
  readonly changes: Waits<undefined>;
  /** Rejects with a RaftoralError; never waits for ever. */
  propose(command: Command): Promise<Reply>;
  readBarrier(): Promise<void>;
}

export function localGateway(group: GroupDoor): Gateway {
  return {
    start: (request) => start(group, request),
    waitForEnd: (workflowId, options) => waitForEnd(group, workflowId, options),
    describe: async (workflowId, options) => {
      const run = await find(group, workflowId, options);
      return run === undefined ? undefined : describe(group.state, run);
    },
    change: (workflowId, request) => change(group, workflowId, request),
    variable: async (workflowId, name, options): Promise<Value | undefined> =>
      (await found(group, workflowId, options)).variables.get(name),
    list: async (filter: ListFilter): Promise<RunPage> => {
      if (filter.stale !== true) await group.readBarrier();
      return page(group.state, filter);
    },
    versions: async ({ stale }) => {
      if (stale !== true) await group.readBarrier();
      return versionsInUse(group.state);
    },
    history: async (id, { stale = false, ...request }) => {
      const run = (await find(group, id, { stale })) ?? runWithId(group, id);
      if (run === undefined) throw notFound(id);
      return { runId: run.id, ...historyPage(run, request) };
    },
    signal: (request) => signal(group, request),
    cancel: async (request) => {
      const reply = await group.propose({ kind: "cancel", ...request });
      if (reply.kind === "unknown") throw notFound(request.workflowId);
    },
    terminate: (workflowId, reason) => terminate(group, workflowId, reason),
    reset: (request) => reset(group, request),
    resume: async (workflowId) => {
      const run = await found(group, workflowId, {});
      await group.propose({ kind: "resume", runId: run.id });
    },
  };
}

function placed(group: GroupDoor, terms: StartRequest["terms"]): Pick<Start, "owner" | "terms"> {
  if (terms === undefined) return { owner: group.node };
  const { owner, ...asked } = terms;
  return {
    owner: owner === "leader" ? (group.leader ?? group.node) : group.node,
    terms: { ...asked, isBalanced: owner === "balanced" },
  };
}

async function start(group: GroupDoor, request: StartRequest): Promise<void> {
  const { terms, ...rest } = request;
  const reply = await group.propose({ kind: "start", ...rest, ...placed(group, terms) });
  if (reply.kind === "started" || reply.kind === "joined") return;
  if (reply.kind === "conflict") {
    throw new WorkflowConflict(
      `the id "${request.workflowId}" is taken by a run with another ${reply.differs}: ` +
        "use a new id, start it with the same workflow and input to join it, " +
        'or replace it: onConflict: "replace"',
    );
  }
  throw new RaftoralError("malformed", `the group answered a start with ${reply.kind}`);
}

async function signal(group: GroupDoor, request: SignalRequest): Promise<void> {
  const reply = await group.propose({ kind: "signal", ...request });
  const { workflowId, name } = request;
  switch (reply.kind) {
    case "signalled":
      return;
    case "unknown":
      throw notFound(workflowId);
    case "ended":
      throw new WorkflowEnded(
        `${workflowId} is ${reply.status}: the signal "${name}" came after its end`,
      );
    case "full":
      throw new RaftoralError(
        "journal-full",
        `${workflowId} has had ${reply.limit} ${reply.of}, the most that one run may have: ` +
          "let it continueAsNew now and then",
      );
    default:
      throw new RaftoralError("malformed", `the group answered a signal with ${reply.kind}`);
  }
}

/** A run may be continued as another one while it is looked up. */
const CONTINUED_TRIES = 5;

async function terminate(group: GroupDoor, workflowId: string, reason: string): Promise<void> {
  for (let tries = 0; tries < CONTINUED_TRIES; tries++) {
    const run = await found(group, workflowId, {});
    const reply = await group.propose({ kind: "terminate", runId: run.id, reason });
    if (reply.kind === "done" || lookup(group, workflowId)?.id === run.id) return;
  }
  throw tooFast(workflowId, "terminated");
}

async function reset(group: GroupDoor, { workflowId, to, id }: ResetRequest): Promise<void> {
  for (let tries = 0; tries < CONTINUED_TRIES; tries++) {
    const run = await found(group, workflowId, {});
    const reply = await group.propose({ kind: "reset", runId: run.id, to: path(to), id });
    if (reply.kind === "started") return;
    if (reply.kind !== "unknown") continue;
    throw new RaftoralError(
      "invalid-argument",
      `${workflowId} has no record at the path "${to}": its history tells its paths, ` +
        `"start" is its beginning`,
    );
  }
  throw tooFast(workflowId, "reset");
}

const tooFast = (workflowId: string, what: string): RaftoralError =>
  new RaftoralError(
    "overloaded",
    `${workflowId} was continued faster than it could be ${what}: try again`,
    { retryable: true },
  );

async function waitForEnd(
  group: GroupDoor,
  workflowId: string,
  options: WaitOptions,
): Promise<RunEnd> {
  options.signal?.throwIfAborted();
  // Seen ended here is ended everywhere: no barrier needed. Not seen at all may only be behind.
  const known = lookup(group, workflowId) ?? (await find(group, workflowId, {}));
  if (known === undefined) throw notFound(workflowId);
  return endOf(known.status) ?? group.waits.wait(workflowId, options);
}

/** Looks at the state first, and again when told or when the time is up: no event is needed. */
async function change(
  group: GroupDoor,
  workflowId: string,
  { after, ...options }: ChangeRequest,
): Promise<RunChange | undefined> {
  options.signal?.throwIfAborted();
  const known = after === "" ? await found(group, workflowId, {}) : lookup(group, workflowId);
  if (known === undefined) throw notFound(workflowId);
  if (markOf(known) === after) {
    await group.changes.wait(workflowId, options).catch((error: unknown) => {
      if (!(error instanceof TimedOut)) throw error;
    });
  }
  const run = lookup(group, workflowId);
  if (run === undefined) throw notFound(workflowId);
  const mark = markOf(run);
  return mark === after ? undefined : { mark, run: describe(group.state, run) };
}

/** Another one whenever a description may be another one. */
const markOf = ({ id, epoch, next, rest, status, through }: Run): string =>
  `${id} ${epoch} ${next} ${through} ${rest?.through} ${status.kind}`;

function lookup(group: GroupDoor, workflowId: string): Run | undefined {
  const id = group.state.byWorkflowId.get(workflowId);
  return id === undefined ? undefined : group.state.runs.get(id);
}

const runWithId = (group: GroupDoor, id: string): Run | undefined =>
  group.state.runs.get(runId(id));

async function find(
  group: GroupDoor,
  workflowId: string,
  options: ReadOptions,
): Promise<Run | undefined> {
  if (options.stale !== true) await group.readBarrier();
  return lookup(group, workflowId);
}

async function found(group: GroupDoor, workflowId: string, options: ReadOptions): Promise<Run> {
  const run = await find(group, workflowId, options);
  if (run === undefined) throw notFound(workflowId);
  return run;
}
