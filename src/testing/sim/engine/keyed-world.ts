// The world outside, as a server that knows idempotency keys: a request is carried out once per
// key, and a repeat gets the first one's answer. Counts who asked, under which epoch and attempt.

import { deferred } from "../../../std/deferred.ts";
import type { Prng } from "../../../std/prng.ts";
import type { Fx } from "../../../workflow/dsl/call.ts";
import type { ProcessLife } from "../process-life.ts";
import type { Simulator } from "../simulator.ts";
import type { Execution } from "../workflow/checks.ts";
import type { EffectWorld } from "../workflow/effect-world.ts";
import { type Fate, fatalError, isFailing as isFated } from "../workflow/fate.ts";

/** One call of an effect body. */
export interface Call extends Execution {
  readonly life: ProcessLife;
  isOver: boolean;
}

export interface KeyedWorldOptions {
  readonly sim: Simulator;
  readonly failing: number;
  /** How long one body takes, at most. */
  readonly effectMaxMs: number;
}

export class KeyedWorld {
  readonly executions: Call[] = [];
  /** Key -> what it was answered, once and for ever. */
  readonly applied: Map<string, number> = new Map();
  readonly #options: KeyedWorldOptions;
  readonly #random: Prng;
  #isCalm = false;

  constructor(options: KeyedWorldOptions) {
    this.#options = options;
    this.#random = options.sim.random("outside");
  }

  /** Bodies that have not ended, in processes that live. */
  get open(): readonly Call[] {
    return this.executions.filter(({ isOver, life }) => !isOver && life.state !== "dead");
  }

  /** From here on no body fails, and none takes long. */
  calm(): void {
    this.#isCalm = true;
  }

  /** For the effect bodies of one process. */
  door(process: number, life: ProcessLife): EffectWorld {
    return { execute: (fx, fate) => this.#execute(fx, fate, { process, life }) };
  }

  #execute(
    fx: Fx<EffectWorld>,
    fate: Fate | undefined,
    { process, life }: { readonly process: number; readonly life: ProcessLife },
  ): Promise<number> {
    const { sim, failing } = this.#options;
    const call: Call = {
      process,
      life,
      runId: fx.runId,
      key: fx.idempotencyKey,
      epoch: fx.fencingToken,
      attempt: fx.attempt,
      isRecovery: fx.isRecovery,
      lastHeartbeat: fx.lastHeartbeat,
      signal: fx.signal,
      gave: undefined,
      hasFailed: false,
      isOver: false,
    };
    this.executions.push(call);
    sim.note(`executes ${call.key} ${call.attempt} ${call.epoch}`);
    const answer = deferred<number>();
    answer.promise.catch(() => {});
    if (call.key < "5") fx.heartbeat(call.attempt);
    if (fate?.hangs === true) return answer.promise;
    const isUnlucky = this.#random.chance(failing);
    const isFailing = fate === undefined ? isUnlucky : isFated(fate, fx.attempt);
    // Before it is carried out, or after: then it was done, and the one who asked does not know.
    const isLate = isFailing && this.#random.chance(0.5);
    const reply = (): void => {
      life.timers.set(this.#delay(), () => {
        call.isOver = true;
        if (call.hasFailed) answer.reject(fate ? fatalError(fate) : failureOf(call.key));
        else answer.resolve(call.gave ?? 0);
      });
    };
    // Sent by the process; once sent, it arrives whatever becomes of the process.
    life.timers.set(this.#delay(), () => {
      sim.timers.set(this.#delay(), () => {
        call.hasFailed = isFailing;
        if (!isFailing || isLate) call.gave = this.#carryOut(call.key, fate);
        reply();
      });
    });
    return answer.promise;
  }

  #carryOut(key: string, fate: Fate | undefined): number {
    const known = this.applied.get(key);
    if (known !== undefined) return known;
    const value = fate?.value ?? this.applied.size + 1;
    this.applied.set(key, value);
    return value;
  }

  #delay(): number {
    const most = this.#isCalm ? 5 : this.#options.effectMaxMs;
    return (this.#random.unit() * most) / 3;
  }
}

/** Without its stack: who called the simulation is no part of the trace. */
function failureOf(key: string): Error {
  const error = new Error(`refused ${key}`);
  error.stack = "";
  return error;
}
