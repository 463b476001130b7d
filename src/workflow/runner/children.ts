// The runs that a run starts and waits for, on its owner: told to the group before they are started
// (rule 24), started, watched, and closed when nobody waits for them any more.

import {
  WorkflowCancelled,
  WorkflowConflict,
  WorkflowFailed,
  WorkflowNotFound,
  WorkflowTerminated,
  WorkflowTimedOut,
} from "../../errors.ts";
import type { Path } from "../../std/ids.ts";
import type { Outcome, Value } from "../dsl/record.ts";
import { acceptedNow } from "../dsl/schema.ts";
import { isCodecFailure } from "../dsl/value-codec.ts";
import type { Barrier, BarrierChild } from "../interpreter/body.ts";
import type { Run } from "../machine/state.ts";
import type { DriverDoors } from "./sleeps.ts";

type ChildStart = NonNullable<BarrierChild["start"]>;

export interface RunFinder {
  findRun(workflowId: string): Run | undefined;
}

export class Children {
  readonly #run: Run;
  readonly #doors: DriverDoors;
  readonly #runs: RunFinder;
  /** What this process said of each in this epoch; the state says what became of it. */
  readonly #said = new Map<Path, "told" | "started" | "ended">();
  readonly #closed = new Set<Path>();

  constructor(run: Run, doors: DriverDoors, runs: RunFinder) {
    this.#run = run;
    this.#doors = doors;
    this.#runs = runs;
  }

  /** The next thing that is owed to a child, or to who waits for it. */
  owe(barrier: Barrier, child: BarrierChild): void {
    const { path } = barrier.effect;
    if (this.#said.get(path) === "ended") return;
    const target = this.#runs.findRun(child.workflowId);
    if (child.start === undefined) {
      this.#watch(barrier, target, child.workflowId);
      return;
    }
    if (!this.#run.children.has(path)) this.#tell(barrier, child.workflowId, child.start);
    else if (target === undefined) this.#start(barrier, child.workflowId, child.start);
    else if (!this.#isOwn(target, path)) this.#refuse(barrier, child.workflowId);
    else if (child.start.waitsFor === "end") this.#watch(barrier, target, child.workflowId);
    // The id is no secret: ids are in the log as they are.
    else this.#end(barrier, { ok: true, value: this.#pack(child.workflowId) });
  }

  /** Children whose branch was cancelled are closed, as their parent's policy for them says. */
  keepOnly(barriers: ReadonlyMap<Path, Barrier>): void {
    for (const [path, { workflowId, parentClose, isClosed }] of this.#run.children) {
      const isDone = isClosed || this.#closed.has(path) || this.#run.settled.has(path);
      if (isDone || barriers.has(path) || parentClose === "abandon") continue;
      const parent = { runId: this.#run.id, path };
      const command = { kind: "close-child", parent, workflowId, how: parentClose } as const;
      if (this.#doors.ports.submit(command) === "accepted") this.#closed.add(path);
    }
  }

  dropAll(): void {
    this.#said.clear();
    this.#closed.clear();
  }

  #tell(barrier: Barrier, workflowId: string, start: ChildStart): void {
    const { path } = barrier.effect;
    if (this.#said.has(path) || this.#inputOf(barrier, start) === undefined) return;
    this.#said.set(path, "told");
    this.#doors.say({ kind: "child", path, workflowId, parentClose: start.parentClose });
    this.#doors.wake();
  }

  #start(barrier: Barrier, workflowId: string, start: ChildStart): void {
    const { path } = barrier.effect;
    if (this.#said.get(path) === "started") return;
    const { name, version, inputHash } = start;
    const { id: runId, owner } = this.#run;
    if (owner === undefined) return;
    const input = this.#inputOf(barrier, start);
    if (input === undefined) return;
    const taken = this.#doors.ports.submit({
      kind: "start-child",
      parent: { runId, path },
      start: { kind: "start", workflowId, name, version, input, inputHash, owner: owner.node },
    });
    if (taken === "accepted") this.#said.set(path, "started");
  }

  /**
   * What is recorded as the child's input. Undefined: its schema refused what was given, which is
   * the end of the effect, recorded like any other: no replay asks a schema.
   */
  #inputOf(barrier: Barrier, { name, input }: ChildStart): Value | undefined {
    const { schema } = barrier;
    const { codec } = this.#doors.ports;
    if (schema === undefined) return codec.seal(input);
    try {
      return codec.seal(codec.pack(acceptedNow(schema, codec.unpack(input), name)));
    } catch (error) {
      if (isCodecFailure(error)) throw error;
      this.#end(barrier, { ok: false, failure: codec.encodeError(error) });
      return;
    }
  }

  #isOwn({ parent }: Run, path: Path): boolean {
    return parent?.runId === this.#run.id && parent.path === path;
  }

  #refuse(barrier: Barrier, workflowId: string): void {
    const error = new WorkflowConflict(
      `the id "${workflowId}" is taken by a run that this effect did not start: ` +
        "give the child another id",
    );
    this.#end(barrier, { ok: false, failure: this.#doors.ports.codec.encodeError(error) });
  }

  #watch(barrier: Barrier, target: Run | undefined, workflowId: string): void {
    const outcome = this.#outcomeOf(target, workflowId);
    if (outcome !== undefined) this.#end(barrier, outcome);
  }

  /** Undefined: it is not over. */
  #outcomeOf(target: Run | undefined, workflowId: string): Outcome | undefined {
    const { codec } = this.#doors.ports;
    const failed = (error: Error): Outcome => ({ ok: false, failure: codec.encodeError(error) });
    if (target === undefined) return failed(new WorkflowNotFound(`no run has id "${workflowId}"`));
    const { status } = target;
    switch (status.kind) {
      case "completed":
        return { ok: true, value: status.value };
      case "failed": {
        const cause = codec.decodeError(status.failure);
        const why = `${cause.name}: ${cause.message}`;
        return failed(new WorkflowFailed(`${workflowId} failed: ${why}`, { cause }));
      }
      case "cancelled":
        return failed(new WorkflowCancelled(`${workflowId} was cancelled: ${status.reason}`));
      case "terminated":
        return failed(new WorkflowTerminated(`${workflowId} was terminated: ${status.reason}`));
      case "timed-out":
        return failed(new WorkflowTimedOut(`${workflowId} took longer than its start allowed`));
      default:
        return;
    }
  }

  #end({ effect }: Barrier, outcome: Outcome): void {
    this.#said.set(effect.path, "ended");
    this.#doors.say({ kind: "outcome", effect, outcome });
    this.#doors.wake();
  }

  #pack(value: unknown): Value {
    return this.#doors.ports.codec.pack(value);
  }
}
