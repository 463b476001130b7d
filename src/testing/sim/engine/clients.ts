// Who uses the cluster: starts runs, starts them again, asks for results, reads. Keeps what it was
// told, and holds every later answer against it.

import { RaftoralError, WorkflowCancelled, WorkflowFailed } from "../../../errors.ts";
import type { Node } from "../../../node/node.ts";
import { deferred } from "../../../std/deferred.ts";
import type { Prng } from "../../../std/prng.ts";
import type { Workflow } from "../../../workflow/dsl/define.ts";
import { signal } from "../../../workflow/dsl/signal.ts";
import type { Run } from "../../../workflow/machine/state.ts";
import type { Simulator } from "../simulator.ts";
import { SIGNALS } from "../workflow/grower.ts";
import { isTame } from "../workflow/program.ts";
import { Sender } from "../workflow/sender.ts";
import type { Place } from "./place.ts";
import { steady } from "./programs.ts";

/** One run, as those who use it know it. */
export interface Started {
  readonly id: string;
  readonly workflow: Workflow<number, unknown>;
  readonly input: number;
  /** A majority has it: somebody was told so. */
  isAcknowledged: boolean;
  /** The end that was told, as text. */
  end: string | undefined;
  /** Highest value of the variable "done" that was read. */
  doneSeen: number;
}

export interface ClientsParts {
  readonly sim: Simulator;
  readonly random: Prng;
  readonly callTimeoutMs: number;
  readonly workflows: readonly Workflow<number, unknown>[];
  /** Who can be asked now. */
  readonly places: () => readonly Place[];
  /** All runs that have no end yet, those of children too. */
  readonly openRuns: () => readonly Run[];
  /** Somebody takes a run up again that was set aside as poisoned. */
  readonly onResumed: () => void;
  readonly mark: (what: string) => void;
  readonly violation: (law: string, detail: string) => void;
}

type Answer<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "error"; readonly error: RaftoralError }
  /** The node died, or is not there: whoever asked knows nothing. */
  | { readonly kind: "nothing" };

const RETRY_MS = 150;
const RESULT_LIMIT_MS = 2_000;
const SLACK_MS = 1_000;
/** What a call may reject with; the same call may be repeated. */
const TEMPORARY: ReadonlySet<string> = new Set([
  "timed-out",
  "overloaded",
  "disk-full",
  "node-stopped",
  "node-failed",
  "node-removed",
  "no-leader",
]);

const PERMANENT: ReadonlySet<string> = new Set([
  "workflow-conflict",
  "workflow-failed",
  "workflow-cancelled",
  "workflow-ended",
  "workflow-not-found",
  "variable-not-found",
]);
const ENDS: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);
/** How many of the signals are a cancellation. */
const CANCELLING = 0.03;

export class Clients {
  readonly runs: Started[] = [];
  readonly #parts: ClientsParts;
  readonly #sender = new Sender();
  #sent = 1;

  constructor(parts: ClientsParts) {
    this.#parts = parts;
  }

  /** Every start was acknowledged and every end was told. */
  get isContent(): boolean {
    return this.runs.every(({ end }) => end !== undefined);
  }

  get unfinished(): readonly string[] {
    return this.runs
      .filter(({ end }) => end === undefined)
      .map(({ id, isAcknowledged }) => `${id} ${isAcknowledged ? "has no end" : "not started"}`);
  }

  /** A run is started, again and again until it is acknowledged, and followed to its end. */
  begin(id: string, workflow?: Workflow<number, unknown>): Started {
    const { random, workflows } = this.#parts;
    const run: Started = {
      id,
      workflow: workflow ?? workflows[random.below(workflows.length)] ?? nothing(),
      input: 1 + random.below(5),
      isAcknowledged: false,
      end: undefined,
      doneSeen: -1,
    };
    this.runs.push(run);
    this.#live(run).catch((error: unknown) => {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#parts.violation("calls fail only in known ways", detail);
    });
    return run;
  }

  /**
   * Sends signals for ever to whoever may wait for one, and takes up what was set aside: nobody
   * follows a child to its end.
   */
  async tend(): Promise<never> {
    for (;;) {
      await this.#pause();
      const open = this.#parts.openRuns();
      const run = open[this.#parts.random.below(Math.max(1, open.length))];
      if (run === undefined) continue;
      if (isTame(run.name)) await this.#sendTame(run);
      else await this.#send(run.workflowId);
      await this.#resumePoisoned(run.workflowId);
    }
  }

  /** No body of these is deadly: its owners were lost to something else. */
  async #resumePoisoned(id: string): Promise<void> {
    const handle = (node: Node) => node.get(steady, id);
    const found = await this.#ask(this.#any(), (node) => handle(node).describe());
    if (found.kind !== "value" || !found.value.reason?.startsWith("poisoned")) return;
    this.#parts.onResumed();
    await this.#ask(this.#any(), (node) => handle(node).resume());
  }

  /** Sees all that was acknowledged before the call. */
  async list(place: Place): Promise<boolean> {
    const known = this.runs.filter(({ isAcknowledged }) => isAcknowledged);
    const answer = await this.#ask(place, (node) => node.list({ limit: 1_000 }));
    if (answer.kind !== "value") return false;
    const ids = new Set(answer.value.runs.map(({ workflowId }) => workflowId));
    for (const { id } of known) {
      if (!ids.has(id)) this.#parts.violation("an acknowledged start is never lost", id);
    }
    return true;
  }

  async #live(run: Started): Promise<void> {
    while (!(await this.#start(run, run.input))) await this.#pause();
    while (run.end === undefined) {
      const dice = this.#parts.random.below(14);
      if (dice < 4) await this.#result(run);
      else if (dice < 6) await this.#describe(run);
      else if (dice < 8) await this.#readDone(run);
      else if (dice === 8) await this.#start(run, run.input);
      else if (dice === 9) await this.#conflict(run);
      else if (run.workflow.name !== steady.name && !isTame(run.workflow.name)) {
        await this.#signal(run);
      }
      await this.#pause();
    }
    // Told once, told for ever, by anybody.
    await this.#result(run);
    await this.#start(run, run.input);
    await this.#describe(run);
  }

  async #start(run: Started, input: number): Promise<boolean> {
    const { id, workflow } = run;
    const answer = await this.#ask(this.#any(), (node) => node.start(workflow, input, { id }));
    if (answer.kind === "error" && answer.error.code === "workflow-conflict") {
      this.#parts.violation("the same start joins its run", id);
    }
    if (answer.kind === "value") run.isAcknowledged = true;
    return answer.kind === "value";
  }

  async #conflict({ id, input, workflow }: Started): Promise<void> {
    const other = input + 100;
    const answer = await this.#ask(this.#any(), (node) => node.start(workflow, other, { id }));
    if (answer.kind === "value") this.#parts.violation("an id is one run's", id);
    if (answer.kind === "error" && answer.error.code === "workflow-conflict") {
      this.#parts.mark("a conflict is told");
    }
  }

  /** A body may wait for one for ever. Some are sent twice. */
  async #signal(run: Started): Promise<void> {
    const { random } = this.#parts;
    const { id, workflow } = run;
    if (random.chance(CANCELLING)) {
      await this.#ask(this.#any(), (node) => node.get(workflow, id).cancel(`${id} is cancelled`));
      return;
    }
    await this.#send(id);
  }

  async #send(id: string): Promise<void> {
    const { random } = this.#parts;
    const number = this.#sent++;
    const named = signal<number>(`s${random.below(SIGNALS)}`);
    const send = (): Promise<Answer<void>> =>
      this.#ask(this.#any(), (node) =>
        node.get(steady, id).signal(named, number, { id: `signal ${number}` }),
      );
    this.#notLost({ id }, await send());
    if (random.chance(0.3)) await send();
  }

  /** What it is sent leaves nothing to chance but time. */
  async #sendTame(run: Run): Promise<void> {
    const command = this.#sender.next(run, this.#parts.random.below(SIGNALS));
    const { workflowId } = run;
    await this.#ask(this.#any(), async (node) => {
      const handle = node.get(steady, workflowId);
      if (command.kind === "cancel") await handle.cancel(command.reason, command);
      else await handle.signal(signal<number>(command.name), command.holds, command);
    });
  }

  async #result(run: Started): Promise<void> {
    const { id, workflow } = run;
    const timeout = RESULT_LIMIT_MS;
    const answer = await this.#ask(this.#any(), (node) =>
      node.get(workflow, id).result({ timeout }),
    );
    this.#notLost(run, answer);
    const end = endOf(answer);
    if (end === undefined) return;
    if (run.end !== undefined && run.end !== end) {
      this.#parts.violation("an end is told the same for ever", `${id}: ${run.end}, then ${end}`);
    }
    run.end ??= end;
  }

  async #describe(run: Started): Promise<void> {
    const { end, id, workflow } = run;
    const answer = await this.#ask(this.#any(), (node) => node.get(workflow, id).describe());
    this.#notLost(run, answer);
    if (answer.kind !== "value") return;
    const { status } = answer.value;
    if (end !== undefined && !ENDS.has(status)) {
      this.#parts.violation("a read sees what was told before it", `${id} has ended: ${status}`);
    }
  }

  /** It only grows: so do the reads of it, whoever answers them. */
  async #readDone(run: Started): Promise<void> {
    const { doneSeen, id, workflow } = run;
    if (workflow.name !== "steady") return;
    const answer = await this.#ask(this.#any(), (node) =>
      node.get(workflow, id).variable<number>("done"),
    );
    this.#notLost(run, answer);
    if (answer.kind !== "value") return;
    if (answer.value < doneSeen) {
      const detail = `${id}: ${answer.value} after ${doneSeen}`;
      this.#parts.violation("a read sees what was told before it", detail);
    }
    run.doneSeen = Math.max(run.doneSeen, answer.value);
  }

  #notLost({ id }: Pick<Started, "id">, answer: Answer<unknown>): void {
    if (answer.kind !== "error" || answer.error.code !== "workflow-not-found") return;
    this.#parts.violation("an acknowledged start is never lost", id);
  }

  #any(): Place | undefined {
    const places = this.#parts.places();
    return places[this.#parts.random.below(Math.max(1, places.length))];
  }

  async #ask<T>(place: Place | undefined, act: (node: Node) => Promise<T>): Promise<Answer<T>> {
    const { callTimeoutMs, mark, sim } = this.#parts;
    const process = place?.process;
    if (place === undefined || process?.running === undefined) return { kind: "nothing" };
    const answer = deferred<Answer<T>>();
    const limitMs = callTimeoutMs + RESULT_LIMIT_MS + SLACK_MS;
    const timer = sim.timers.set(limitMs, () => {
      const isThere = place.process === process && !process.wasPaused;
      if (isThere) this.#parts.violation("no call waits without end", place.name);
      answer.resolve({ kind: "nothing" });
    });
    act(process.running.face).then(
      (value) => answer.resolve({ kind: "value", value }),
      (error: unknown) => answer.resolve(this.#failed(error)),
    );
    const given = await answer.promise;
    timer.cancel();
    if (given.kind === "error") mark(`a call ends with ${given.error.code}`);
    return given;
  }

  #failed(error: unknown): Answer<never> {
    if (!(error instanceof RaftoralError)) throw error;
    const isKnown = TEMPORARY.has(error.code) || PERMANENT.has(error.code);
    if (!isKnown) this.#parts.violation("calls fail only in known ways", String(error));
    return { kind: "error", error };
  }

  #pause(): Promise<void> {
    const { random, sim } = this.#parts;
    const { promise, resolve } = deferred<void>();
    sim.timers.set(1 + random.below(RETRY_MS), resolve);
    return promise;
  }
}

function endOf(answer: Answer<unknown>): string | undefined {
  if (answer.kind === "value") return JSON.stringify(answer.value);
  if (answer.kind !== "error") return;
  const { error } = answer;
  const isEnd = error instanceof WorkflowFailed || error instanceof WorkflowCancelled;
  return isEnd ? error.message : undefined;
}

function nothing(): never {
  throw new Error("there is a workflow at least");
}
