// Who acts on runs from outside: signals, cancellations, and what an operator does.

import { path, runId } from "../../../std/ids.ts";
import type { Prng } from "../../../std/prng.ts";
import { encodeCommand } from "../../../workflow/machine/codec.ts";
import type { Command } from "../../../workflow/machine/command.ts";
import { findRun } from "../../../workflow/machine/query.ts";
import { FROM_START } from "../../../workflow/machine/reset.ts";
import type { MachineState, Run } from "../../../workflow/machine/state.ts";
import { createValueCodec } from "../../../workflow/values/codec.ts";
import type { Consensus } from "./consensus.ts";
import { SIGNALS } from "./grower.ts";
import { openRuns } from "./open-runs.ts";
import type { Poison } from "./poison.ts";
import { isTame } from "./program.ts";
import { Sender } from "./sender.ts";
import type { Swarm } from "./swarm.ts";

const codec = createValueCodec();

export interface PeopleParts {
  readonly swarm: Swarm;
  readonly random: Prng;
  readonly consensus: Consensus;
  /** As of all that was committed. */
  readonly state: MachineState;
  readonly poison: Poison;
  readonly mark: (what: string) => void;
}

export class People {
  readonly #parts: PeopleParts;
  readonly #sender = new Sender();
  #sent = 0;

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  /** What somebody may do at any moment. */
  act(): void {
    const { random, swarm } = this.#parts;
    if (random.chance(swarm.signals)) this.signal();
    if (random.chance(swarm.cancels)) this.#cancel();
    if (random.chance(swarm.resets)) this.#reset();
    if (random.chance(0.02)) this.resume();
  }

  signal(workflowId: string = this.#anyOrder()): void {
    const { random, state } = this.#parts;
    const run = findRun(state, workflowId);
    if (run === undefined || isTame(run.name)) {
      if (run !== undefined) this.#sendTame(run);
      return;
    }
    const n = this.#sent++;
    const name = `s${random.below(SIGNALS)}`;
    const value = codec.encode(n);
    this.#send({ kind: "signal", workflowId, id: `signal ${n}`, name, value });
  }

  /** Somebody looks at what was set aside, and mends it. */
  resume(): void {
    const { consensus, poison, state } = this.#parts;
    for (const run of openRuns(state)) {
      if (run.status.kind !== "parked") continue;
      poison.mend(run);
      consensus.propose(encodeCommand({ kind: "resume", runId: run.id }));
    }
  }

  #anyOrder(): string {
    const { random, swarm } = this.#parts;
    return `order-${random.below(swarm.runs)}`;
  }

  #send(command: Command): void {
    const { consensus, random, swarm } = this.#parts;
    const proposal = consensus.propose(encodeCommand(command));
    if (random.chance(swarm.duplicates)) consensus.offer(proposal);
  }

  /** What a tame run is sent, and when, leaves nothing to chance but time. */
  #sendTame(run: Run): void {
    const { workflowId } = run;
    const sent = this.#sender.next(run, this.#parts.random.below(SIGNALS));
    if (sent.kind === "cancel") this.#send({ ...sent, workflowId });
    else this.#send({ ...sent, workflowId, value: codec.encode(sent.holds) });
  }

  #cancel(): void {
    const { consensus, mark, state } = this.#parts;
    const workflowId = this.#anyOrder();
    if (isTame(findRun(state, workflowId)?.name ?? "tame")) return;
    const id = `cancel ${this.#sent++}`;
    consensus.propose(encodeCommand({ kind: "cancel", workflowId, id, reason: id }));
    mark("cancelled");
  }

  /** Somebody takes a run back to one of its effects, whatever it is at, over or not. */
  #reset(): void {
    const { random, state } = this.#parts;
    const run = findRun(state, this.#anyOrder());
    if (run === undefined) return;
    const places = [path(FROM_START), ...run.settled.keys(), ...run.writes.keys()];
    const to = places[random.below(places.length)] ?? path(FROM_START);
    this.#send({ kind: "reset", runId: runId(run.id), to, id: `reset ${this.#sent++}` });
  }
}
