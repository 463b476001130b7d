// What an owner has said of a run and what of it the group has accepted:
// the numbered stream of rule 11.
// I1. sequences of `inflight` are contiguous, and follow the accepted one.
// I2. a batch's bytes never change once it was cut: a retry is the same batch.
// I3. nothing here survives a change of epoch.

import { type Epoch, type Position, position, type RunId } from "../../std/ids.ts";
import type { Failure } from "../dsl/failure.ts";
import type { Batch, BatchItem } from "../machine/command.ts";
import type { RunnerLimits } from "./port.ts";

export class Outbox {
  readonly #limits: RunnerLimits;
  #unsent: BatchItem[] = [];
  #inflight: Batch[] = [];
  #nextSequence = 1;

  constructor(limits: RunnerLimits) {
    this.#limits = limits;
  }

  /** Starts afresh in an epoch whose group has accepted batches up to `sequence`. */
  reset(sequence: number): void {
    this.#unsent = [];
    this.#inflight = [];
    this.#nextSequence = sequence + 1;
  }

  push(item: BatchItem): void {
    this.#unsent.push(item);
  }

  /**
   * The group's state shows batches up to `sequence` of this epoch:
   * the owner's own applied state (rule 10).
   */
  accepted(sequence: number): void {
    let count = 0;
    while ((this.#inflight[count]?.sequence ?? Number.POSITIVE_INFINITY) <= sequence) count++;
    if (count > 0) this.#inflight.splice(0, count);
  }

  get isClean(): boolean {
    return this.#unsent.length === 0 && this.#inflight.length === 0;
  }

  get hasUnsent(): boolean {
    return this.#unsent.length > 0;
  }

  /**
   * The stretch of the first write that is not accepted yet, unsent ones included; Infinity if
   * none. What was asked for in a stretch before it may act on the world (rule 10).
   */
  get firstOpenCursor(): number {
    for (const batch of this.#inflight) {
      const cursor = firstWriteCursor(batch.items);
      if (cursor !== undefined) return cursor;
    }
    return firstWriteCursor(this.#unsent) ?? Number.POSITIVE_INFINITY;
  }

  /**
   * The next batch of what is unsent, within the limits;
   * undefined when there is none or too many wait.
   */
  cut(run: { readonly id: RunId; readonly epoch: Epoch }, through: Position): Batch | undefined {
    if (!this.hasUnsent || this.#inflight.length >= this.#limits.inflightBatchesPerRun) return;
    const count = this.#countThatFits();
    const items = count === this.#unsent.length ? this.#unsent : this.#unsent.slice(0, count);
    this.#unsent = count === this.#unsent.length ? [] : this.#unsent.slice(count);
    const batch: Batch = {
      runId: run.id,
      epoch: run.epoch,
      sequence: this.#nextSequence++,
      through: this.#unsent.length === 0 ? through : throughBefore(this.#unsent, through),
      items,
    };
    this.#inflight.push(batch);
    return batch;
  }

  /** All that is not accepted yet, to be sent again unchanged: what a gap asks for. */
  get inflight(): readonly Batch[] {
    return this.#inflight;
  }

  #countThatFits(): number {
    let bytes = 0;
    let count = 0;
    for (const item of this.#unsent) {
      if (count >= this.#limits.batchItems || bytes >= this.#limits.batchBytes) break;
      bytes += payloadBytes(item);
      count++;
    }
    return count;
  }
}

/** Writes are pushed in the order of their stretches, so the first has the lowest cursor. */
function firstWriteCursor(items: readonly BatchItem[]): Position | undefined {
  for (const item of items) if (item.kind === "write") return item.cursor;
  return;
}

/** A batch that leaves writes behind must not say that it ran through their stretch. */
function throughBefore(left: readonly BatchItem[], through: Position): Position {
  let limit: number = through;
  for (const item of left) if (item.kind === "write") limit = Math.min(limit, item.cursor - 1);
  return position(limit);
}

function failureBytes({ message, stack, data }: Failure): number {
  return message.length + (stack?.length ?? 0) + (data?.length ?? 0);
}

/** What a batch weighs, about. */
export const batchBytes = (batch: Batch): number =>
  batch.items.reduce((sum, item) => sum + payloadBytes(item), 0);

/** What the id of a signal weighs, about. */
const ID_BYTES = 36;

function payloadBytes(item: BatchItem): number {
  const frame = 64;
  if (item.kind === "write") return frame + item.value.length;
  if (item.kind === "marker") return frame + item.nonce.length;
  if (item.kind === "child") return frame + item.workflowId.length;
  if (item.kind === "heartbeat") return frame + item.details.length;
  if (item.kind === "rest") return frame + item.waits.length;
  if (item.kind === "attempt") return frame + failureBytes(item.failure);
  const { outcome } = item;
  if (item.kind === "finish" && item.as?.kind === "continued") {
    return frame + item.as.input.length + item.as.consumed.length * ID_BYTES;
  }
  return frame + (outcome.ok ? outcome.value.length : failureBytes(outcome.failure));
}
