// The bodies of effects in a TestEngine: answered by providers or by themselves, and noted down.

import { realPorts } from "../../node/ports.ts";
import { deferred } from "../../std/deferred.ts";
import type { RunId } from "../../std/ids.ts";
import { within } from "../../std/within.ts";
import type { CallBody, Fx } from "../../workflow/dsl/call.ts";
import type { EffectIdentity, Outcome, Value } from "../../workflow/dsl/record.ts";
import { accepted } from "../../workflow/dsl/schema.ts";
import { decodeAs, type ValueCodec } from "../../workflow/dsl/value-codec.ts";
import { words } from "../../workflow/interpreter/divergence.ts";
import type { OwnCall } from "../../workflow/runner/port.ts";
import { realLimit } from "../patience.ts";
import { isHanging, type Provider, providerFor } from "../provide.ts";
import { TestEngineError } from "../report.ts";

/** One attempt of a step or compute. */
export interface EffectCall<I = unknown, R = unknown> {
  readonly workflowId: string;
  /** Of a chain each run has its own. */
  readonly runId: string;
  readonly path: string;
  readonly kind: "step" | "compute";
  readonly name: string;
  readonly input: I;
  /** 1, 2, … */
  readonly attempt: number;
  readonly idempotencyKey: string;
  /** Undefined: it is under way, or was given up. */
  readonly outcome:
    | { readonly ok: true; readonly value: R }
    | { readonly ok: false; readonly error: Error }
    | undefined;
}

interface Noted {
  readonly workflowId: string;
  readonly runId: RunId;
  readonly effect: EffectIdentity;
  readonly input: Value;
  readonly attempt: number;
  readonly idempotencyKey: string;
  outcome: Outcome | undefined;
}

interface UnderWay {
  readonly workflowId: string;
  readonly effect: EffectIdentity;
  /** In real time, while nothing else was to be done. */
  waitedMs: number;
}

interface Attempt {
  readonly input: unknown;
  readonly fx: Fx;
  /** It is meant to have no end. */
  onHanging(): void;
}

export class EffectBodies {
  readonly #codec: ValueCodec;
  readonly #noted: Noted[] = [];
  readonly #underWay = new Map<Promise<void>, UnderWay>();
  #providers: readonly Provider[];

  constructor(codec: ValueCodec, providers: readonly Provider[]) {
    this.#codec = codec;
    this.#providers = providers;
  }

  /** These come before those that are there. */
  provide(providers: readonly Provider[]): void {
    this.#providers = [...providers, ...this.#providers];
  }

  /**
   * Settles when one more of the bodies under way did; undefined: none is.
   * @throws TestEngineError: one of them was waited for too long, in real time.
   */
  end(): Promise<void> | undefined {
    if (this.#underWay.size === 0) return;
    const { timers, limitMs } = realLimit();
    const { monotonicMs } = realPorts().clock;
    const bodies = [...this.#underWay.values()];
    const longest = bodies.reduce((a, b) => (b.waitedMs > a.waitedMs ? b : a));
    const late = (): Error => endless(bodies, limitMs);
    const end = Promise.race(this.#underWay.keys());
    const beganMs = monotonicMs();
    return within(end, { timers, limitMs: limitMs - longest.waitedMs }, late).finally(() => {
      for (const body of bodies) body.waitedMs += monotonicMs() - beganMs;
    });
  }

  /** In the order in which they began. */
  calls<I, R>(
    isAsked: (workflowId: string, effect: EffectIdentity) => boolean,
  ): readonly EffectCall<I, R>[] {
    return this.#noted
      .filter(({ workflowId, effect }) => isAsked(workflowId, effect))
      .map((noted) => this.#call<I, R>(noted));
  }

  /** All that began in one run. */
  callsIn(runId: RunId): readonly EffectCall[] {
    return this.#noted.filter((noted) => noted.runId === runId).map((noted) => this.#call(noted));
  }

  /** What is called in an effect body's place. */
  bodyOf(
    { workflowId, id: runId }: { readonly workflowId: string; readonly id: RunId },
    effect: EffectIdentity,
    own: OwnCall,
  ): CallBody {
    return (input, fx) => {
      const { attempt, idempotencyKey } = fx;
      const bytes = this.#codec.encode(input);
      const noted = { workflowId, runId, effect, input: bytes, attempt, idempotencyKey };
      const call: Noted = { ...noted, outcome: undefined };
      this.#noted.push(call);
      const hung = deferred<void>();
      const result = this.#answer(effect, own, { input, fx, onHanging: hung.resolve });
      this.#watch(call, [this.#note(call, result), hung.promise], fx.signal);
      return result;
    };
  }

  #answer(
    effect: EffectIdentity,
    { body, schema }: OwnCall,
    { input, fx, onHanging }: Attempt,
  ): unknown {
    try {
      const provider = providerFor(this.#providers, effect, input);
      if (provider === undefined) return body(input, fx);
      const provided = (): unknown => {
        const answer = provider.answer(input, fx);
        if (isHanging(answer)) onHanging();
        return answer;
      };
      if (schema === undefined) return provided();
      // What stands in for a body is asked with what was given: its type is the step's own.
      return accepted(schema, input, words(effect)).then(provided);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Never rejects: the runner hears of the failure by itself. */
  async #note(call: Noted, result: unknown): Promise<void> {
    try {
      call.outcome = { ok: true, value: this.#codec.encode(await result) };
    } catch (error) {
      call.outcome = { ok: false, failure: this.#codec.encodeError(error) };
    }
  }

  /** A body that was given up, or is meant to hang, is not waited for. */
  #watch({ workflowId, effect }: Noted, ends: readonly Promise<void>[], signal: AbortSignal): void {
    const givenUp = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    const end = Promise.race([...ends, givenUp]);
    this.#underWay.set(end, { workflowId, effect, waitedMs: 0 });
    void end.then(() => this.#underWay.delete(end));
  }

  #call<I, R>({ effect, input, outcome, ...rest }: Noted): EffectCall<I, R> {
    const { path, name } = effect;
    return {
      ...rest,
      path,
      kind: effect.kind === "compute" ? "compute" : "step",
      name,
      input: decodeAs<I>(this.#codec, input),
      outcome:
        outcome?.ok === true
          ? { ok: true, value: decodeAs<R>(this.#codec, outcome.value) }
          : outcome && { ok: false, error: this.#codec.decodeError(outcome.failure) },
    };
  }
}

function endless(bodies: readonly UnderWay[], limitMs: number): TestEngineError {
  const under = bodies.map(({ effect, workflowId }) => `${words(effect)} of ${workflowId}`);
  const message =
    `${under.join(", ")}: under way for ${limitMs} ms of real time; ` +
    "provide an answer, or hanging() if it is meant to have no end";
  return new TestEngineError({ message }, []);
}
