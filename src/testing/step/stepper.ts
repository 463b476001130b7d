// One workflow body, driven by hand: the interpreter itself, over a journal that the test fills.
// I1. after every answer the body has run until it rests; nothing runs by itself.
// I2. with `replay` each rest is checked by a fresh body over the same journal: a body that is not
//     deterministic is found at the first answer after which it differs.

import { RaftoralError } from "../../errors.ts";
import { locate } from "../../node/ports-locate.ts";
import type { Path } from "../../std/ids.ts";
import type { AnyWorkflow } from "../../workflow/dsl/define.ts";
import type { WriteKind } from "../../workflow/dsl/effect.ts";
import type {
  EffectIdentity,
  OtherEnd,
  Outcome,
  Value,
  WriteRecord,
} from "../../workflow/dsl/record.ts";
import { type AnySchema, acceptedNow } from "../../workflow/dsl/schema.ts";
import type { ValueCodec } from "../../workflow/dsl/value-codec.ts";
import {
  type Advance,
  type Barrier,
  Body,
  type WaitView,
} from "../../workflow/interpreter/body.ts";
import { words } from "../../workflow/interpreter/divergence.ts";
import { Described, errorText, type Mismatch, pointAtUser, StepThroughError } from "../report.ts";
import type { HandJournal } from "./hand-journal.ts";
import { effectLine, type TraceLine, traceText, traceWords } from "./trace.ts";

/** Effects and resumptions of one stretch: more is a loop without an effect that waits. */
const STRETCH_FUEL = 1_000_000;

export interface StepperParts {
  readonly workflow: AnyWorkflow;
  readonly codec: ValueCodec;
  readonly journal: HandJournal;
  readonly lines: readonly TraceLine[];
  readonly failures: ReadonlyMap<Path, number>;
  readonly isReplaying: boolean;
}

export class Stepper {
  readonly codec: ValueCodec;
  readonly journal: HandJournal;
  /** An expectation was not met: what the test leaves behind then is no news. */
  hasFailed = false;
  readonly #parts: StepperParts;
  readonly #body: Body;
  readonly #lines: TraceLine[];
  readonly #failures: Map<Path, number>;
  readonly #asked = new Set<Path>();
  readonly #variables = new Map<string, unknown>();
  #signals = 0;
  /** Lines before it were looked at by `nextWrite`. */
  #writesRead = 0;

  constructor(parts: StepperParts) {
    this.#parts = parts;
    this.codec = parts.codec;
    this.journal = parts.journal;
    this.#lines = [...parts.lines];
    this.#failures = new Map(parts.failures);
    this.#body = this.#newBody(parts.journal);
    for (const { name, kind, value } of this.journal.writes.values()) {
      if (isVariable(kind)) this.#variables.set(name, this.codec.decode(value));
    }
    this.#run();
  }

  get lines(): readonly TraceLine[] {
    return this.#lines;
  }

  get waits(): WaitView | undefined {
    return this.#body.waits;
  }

  get outcome(): Outcome | undefined {
    return this.#body.finished;
  }

  /** How it ended, when by neither its return nor its throw. */
  get endedAs(): OtherEnd | undefined {
    return this.#body.finishedAs;
  }

  /** All leaves, those of tasks too, in the order in which they were asked for. */
  get barriers(): readonly Barrier[] {
    return [...this.#body.barriers.values()];
  }

  /** Goes into the history whether the workflow waits for it or not. */
  signal(name: string, value: unknown, schema: AnySchema | undefined): void {
    if (this.outcome !== undefined) this.fail({ message: "the workflow has ended: nobody reads" });
    const sent = acceptedNow(schema, value, `the signal "${name}"`);
    this.journal.signal(`signal-${++this.#signals}`, name, this.codec.encode(sent));
    this.#lines.push({ event: "signalled", name, ...(value === undefined ? {} : { value }) });
    this.#run();
  }

  cancel(reason: string): void {
    if (this.outcome !== undefined) this.fail({ message: "the workflow has ended before" });
    this.journal.cancel(reason);
    this.#lines.push({ event: "cancelled", error: reason });
    this.#run();
  }

  barrier(path: Path): Barrier | undefined {
    return this.#body.barriers.get(path);
  }

  /** Attempts that failed so far. */
  failures(path: Path): number {
    return this.#failures.get(path) ?? 0;
  }

  hasVariable(name: string): boolean {
    return this.#variables.has(name);
  }

  variable(name: string): unknown {
    return this.#variables.get(name);
  }

  /** The next write of this kind and name that was not looked at; those before it are passed. */
  nextWrite(kind: string, name: string): TraceLine | undefined {
    for (let i = this.#writesRead; i < this.#lines.length; i++) {
      const line = this.#lines[i];
      if (line?.event !== "wrote" || line.kind !== kind || line.name !== name) continue;
      this.#writesRead = i + 1;
      return line;
    }
    return;
  }

  /** What the world would not have done: it refuses an input that does not fit. */
  resolve(effect: EffectIdentity, value: unknown): void {
    this.#checkInput(this.barrier(effect.path));
    const bytes = this.encode(value);
    this.#settle(effect, { ok: true, value: bytes });
    const given = value === undefined ? {} : { value: this.codec.decode(bytes) };
    this.#lines.push(effectLine("answered", effect, given));
    this.#run();
  }

  #checkInput(barrier: Barrier | undefined): void {
    if (barrier?.schema === undefined || barrier.effect.kind === "receive") return;
    const { call, child, effect, schema } = barrier;
    const start = child?.start;
    const input = start === undefined ? call?.input : this.codec.unpack(start.input);
    try {
      acceptedNow(schema, input, words(effect));
    } catch (error) {
      // A step may wait for its schema; a child may not.
      const isAsync = error instanceof RaftoralError && error.code === "schema-failed";
      if (isAsync && start === undefined) return;
      const why = error instanceof Error ? error.message : String(error);
      this.fail({ message: `${words(effect)} cannot give a value: reject it. ${why}` });
    }
  }

  reject(effect: EffectIdentity, error: unknown): void {
    const failure = this.codec.encodeError(error);
    this.#settle(effect, { ok: false, failure });
    this.#lines.push(effectLine("failed", effect, { error: errorText(failure) }));
    this.#run();
  }

  /** An attempt failed and another one follows. */
  retry(effect: EffectIdentity, error: unknown): void {
    this.#failures.set(effect.path, this.failures(effect.path) + 1);
    const failure = this.codec.encodeError(error);
    this.#lines.push(effectLine("retried", effect, { error: errorText(failure) }));
  }

  /** A second run at the same place: a new body that has been told the same. */
  fork(): Stepper {
    return new Stepper({
      ...this.#parts,
      journal: this.journal.copy(),
      lines: this.#lines,
      failures: this.#failures,
    });
  }

  /** As it would be recorded. @throws Unserializable, at the test's line */
  encode(value: unknown): Value {
    try {
      return this.codec.encode(value);
    } catch (error) {
      this.hasFailed = true;
      if (error instanceof Error) {
        // From here: its own may be too deep in the codec to come up to the test.
        const { stack = "" } = new Error("");
        const frames = stack.slice(stack.indexOf("\n"));
        error.stack = pointAtUser(`${error.name}: ${error.message}${frames}`);
      }
      throw error;
    }
  }

  /** An effect is answered once. */
  failSettled(effect: EffectIdentity): never {
    const isIt = ({ event, path }: TraceLine): boolean =>
      path === effect.path && (event === "answered" || event === "failed");
    const last = this.#lines.find(isIt);
    const attempts = this.failures(effect.path) + 1;
    const left = last?.event === "failed" ? `, with no attempt left after ${attempts}` : "";
    const how =
      last === undefined ? "its wait is over, or was cancelled" : `it ${traceWords(last)}${left}`;
    return this.fail({
      message: `${words(effect)} at ${effect.path} waits for no answer: ${how}`,
      hint: "an effect is answered once; expect(…) again finds the one that waits now",
    });
  }

  fail(mismatch: Mismatch): never {
    this.hasFailed = true;
    throw new StepThroughError(mismatch, this.#lines.map(traceText));
  }

  #settle(effect: EffectIdentity, outcome: Outcome): void {
    if (!this.#body.barriers.has(effect.path)) this.failSettled(effect);
    this.journal.settle(effect, outcome);
  }

  #run(): void {
    const advance = this.#body.advance("owner", STRETCH_FUEL);
    this.#note();
    if (advance.kind === "paused") {
      this.fail({ message: `the workflow runs on and on: ${STRETCH_FUEL} effects without a wait` });
    }
    if (advance.kind === "diverged") this.#notDeterministic(advance);
    if (this.#parts.isReplaying) this.#replay();
  }

  /** What the stretch did, for the trace. */
  #note(): void {
    if (this.#lines.length === 0) {
      const value = this.codec.decode(this.journal.input);
      this.#lines.push({ event: "started", name: this.journal.name, value });
    }
    for (const record of this.journal.accept(this.#body)) this.#wrote(record);
    for (const { effect, call } of this.#body.barriers.values()) {
      if (this.#asked.has(effect.path)) continue;
      this.#asked.add(effect.path);
      const value = call === undefined ? timeOf(effect) : call.input;
      this.#lines.push(effectLine("asked", effect, value === undefined ? {} : { value }));
    }
    const { outcome } = this;
    if (outcome !== undefined) this.#ended(outcome);
  }

  #wrote(record: WriteRecord): void {
    // A marker of `patched` has no value.
    const value = record.kind === "patched" ? true : this.codec.decode(record.value);
    if (isVariable(record.kind)) this.#variables.set(record.name, value);
    this.#lines.push(effectLine("wrote", record, { value }));
  }

  #ended(outcome: Outcome): void {
    const { codec, endedAs } = this;
    if (endedAs?.kind === "continued") {
      this.#lines.push({ event: "continued", value: codec.decode(endedAs.input) });
    } else if (outcome.ok) {
      this.#lines.push({ event: "ended", value: codec.decode(outcome.value) });
    } else this.#lines.push({ event: "ended", error: errorText(outcome.failure) });
  }

  #replay(): void {
    const replayed = this.#newBody(this.journal.copy());
    const advance = replayed.advance("replay", STRETCH_FUEL);
    if (advance.kind === "diverged") this.#notDeterministic(advance);
    const now = standing(this.#body);
    const again = standing(replayed);
    if (now === again) return;
    const [waiting] = replayed.barriers.keys();
    this.fail({
      source: waiting && replayed.sourceOf(waiting),
      message: "the workflow is not deterministic: replayed with the same answers it did otherwise",
      expected: new Described(now),
      actual: new Described(again),
    });
  }

  #notDeterministic({ divergence }: Extract<Advance, { kind: "diverged" }>): never {
    const { path, recorded, actual, reason, source } = divergence;
    const where = path === "" ? "its start" : path;
    this.fail({
      source,
      message: `the workflow is not deterministic at ${where}: ${reason}`,
      expected: new Described(recorded),
      actual: new Described(actual),
    });
  }

  #newBody(journal: HandJournal): Body {
    const { workflow, codec } = this.#parts;
    return new Body({ run: (input) => workflow.run(input), journal, codec, locate });
  }
}

const isVariable = (kind: WriteKind): boolean => kind === "variable" || kind === "set";

/** A duration in ms, `until …` for a time; undefined for a wait without end. */
function timeOf({ inputHash, kind }: EffectIdentity): unknown {
  if (inputHash === "" || (kind !== "sleep" && kind !== "receive")) return;
  return inputHash.startsWith("until") ? inputHash : Number(inputHash);
}

/** Where a body stands, so that two can be compared: what it waits for, or how it ended. */
function standing({ barriers, finished }: Body): string {
  if (finished !== undefined) {
    if (!finished.ok) return `failed: ${errorText({ ...finished.failure })}`;
    return `done: ${new TextDecoder().decode(finished.value.subarray(1))}`;
  }
  const waiting = [...barriers.values()].map(
    ({ effect }) => `${words(effect)} at ${effect.path} ${effect.inputHash}`,
  );
  return `waits for ${waiting.join(", ")}`;
}
