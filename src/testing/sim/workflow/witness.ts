// An observer that applies every entry as it is committed: who owned which run in which epoch, and
// what the group answered. It is no member: nothing that it knows reaches one.

import { index, path, type RunId } from "../../../std/ids.ts";
import { apply } from "../../../workflow/machine/apply.ts";
import { decodeCommand } from "../../../workflow/machine/codec.ts";
import type { MachineEvent, Reply } from "../../../workflow/machine/command.ts";
import {
  createMachineState,
  type MachineState,
  type Run,
} from "../../../workflow/machine/state.ts";
import type { Entry } from "./consensus.ts";

/** Where the first patch of a program leaves its mark. */
const MARKER = path("patched:p0");

export interface WitnessParts {
  /** The life of the process that announced itself by this nonce. */
  lifeOf(nonce: string): number | undefined;
  readonly mark: (what: string) => void;
  readonly violation: (law: string, detail: string) => void;
  /** A run was set aside as poisoned when the process of this life was lost. */
  onPoisoned?(run: Run, life: number | undefined): void;
  /** Kept by somebody else, who says what was done to it. Default: its own. */
  readonly state?: MachineState;
}

export class Witness {
  readonly state: MachineState;
  /** `run epoch` -> life of the process that owned the run then; undefined: nobody. */
  readonly #owners = new Map<string, number | undefined>();
  /** `node incarnation` -> life. */
  readonly #lives = new Map<string, number | undefined>();
  readonly #epochs = new Map<RunId, number>();
  readonly #parts: WitnessParts;
  #applied = 0;

  constructor(parts: WitnessParts) {
    this.#parts = parts;
    this.state = parts.state ?? createMachineState("g1");
  }

  see(entry: Entry): void {
    this.#applied++;
    entry.proposals.forEach(({ bytes }, offset) => {
      const context = { index: index(this.#applied), offset, stampMs: entry.stampMs };
      const { reply, events } = apply(this.state, decodeCommand(bytes), context);
      this.note(reply, events);
    });
  }

  /** What a command did to the state. */
  note(reply: Reply | undefined, events: readonly MachineEvent[]): void {
    if (reply !== undefined) this.#noteReply(reply);
    this.#noteMembers();
    for (const event of events) {
      const run = event.kind === "run" ? this.state.runs.get(event.runId) : undefined;
      if (run !== undefined) this.#noteRun(run);
    }
  }

  /** The life of the process that owned the run in this epoch. */
  ownerAt(runId: string, epoch: number): number | undefined {
    return this.#owners.get(`${runId} ${epoch}`);
  }

  /** How many epochs the run has had. */
  epochsOf(runId: string): number {
    let count = 0;
    for (const key of this.#owners.keys()) if (key.startsWith(`${runId} `)) count++;
    return count;
  }

  #noteMembers(): void {
    for (const { node, incarnation, nonce } of this.state.members.values()) {
      this.#lives.set(`${node} ${incarnation}`, this.#parts.lifeOf(nonce));
    }
  }

  #noteRun(run: Run): void {
    const { status, owner, epoch, id } = run;
    if (status.kind === "parked" && status.reason === "poisoned") this.#parts.mark("poisoned");
    else if (status.kind === "parked") {
      this.#parts.violation(
        "a deterministic body never diverges",
        JSON.stringify(status.divergence),
      );
    }
    for (const { divergence } of run.unfit) {
      this.#parts.violation("a deterministic standby never diverges", JSON.stringify(divergence));
    }
    this.#markOf(run);
    const before = this.#epochs.get(id);
    if (before !== undefined && before !== epoch) {
      this.#noteTakeover(run);
      const isPoisoned = status.kind === "parked" && status.reason === "poisoned";
      if (isPoisoned) this.#parts.onPoisoned?.(run, this.ownerAt(id, before));
    }
    this.#epochs.set(id, epoch);
    const isOwned = status.kind === "running" && owner !== undefined;
    const life = isOwned ? this.#lives.get(`${owner.node} ${owner.incarnation}`) : undefined;
    const key = `${id} ${epoch}`;
    if (!this.#owners.has(key) || life !== undefined) this.#owners.set(key, life);
  }

  #markOf(run: Run): void {
    const { kind } = run.status;
    if (["unassigned", "cancelled", "continued"].includes(kind)) this.#parts.mark(kind);
    if (run.parent !== undefined) this.#parts.mark("child");
    if (this.state.tombstones.size > 0) this.#parts.mark("tombstone");
    if (run.writes.has(MARKER)) this.#parts.mark("patched");
    if (run.entered.length > 0) this.#parts.mark("entered");
    if (run.originId !== undefined) this.#parts.mark("reset");
    const isAlone = run.entered.some(({ suspect }) => suspect.kind === "body");
    if (isAlone) this.#parts.mark("body entered alone");
  }

  #noteTakeover(run: Run): void {
    this.#parts.mark("epoch change");
    const last = run.inputs.at(-1)?.position ?? -1;
    if (last > run.through) {
      this.#parts.mark("epoch change inside a stretch");
      if ((run.writesByCursor.get(run.inputs.at(-1)?.position ?? run.through) ?? 0) > 0) {
        this.#parts.mark("epoch change inside a stretch with writes");
      }
    }
    if (run.markers.size > 0) this.#parts.mark("epoch change with a start marker");
    if (run.attempts.size > 0) this.#parts.mark("epoch change between attempts");
  }

  #noteReply(reply: Reply): void {
    if (reply.kind === "batches")
      for (const { kind } of reply.replies) this.#parts.mark(`batch ${kind}`);
    else this.#parts.mark(reply.kind);
  }
}
