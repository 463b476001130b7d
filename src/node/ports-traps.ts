// What a workflow's code must not ask the platform between two effects, since a replay would get
// another answer: in development each such call is told, with the effect that gives the same.
// I1. Nothing is in place but while a body runs, synchronously: `enclose` puts it in and takes it
//     out again. A function that escaped from there is the platform's own outside.
// I2. What it tells is told once for each workflow and call.

import { RaftoralError } from "../errors.ts";

/** What happens at such a call. */
export type TrapMode = "off" | "warn" | "throw";

export interface TrapReport {
  readonly workflow: string;
  /** `Date.now` */
  readonly call: string;
  readonly message: string;
}

export interface Traps {
  /** Runs one step of a body of this workflow. */
  enclose<T>(workflow: string, step: () => T): T;
}

/** Pairs of workflow and call that are remembered; more are told again. */
const TOLD_MAX = 1_000;

const CALLS: readonly (readonly [holder: object, key: string, name: string, fix: string])[] = [
  [Math, "random", "Math.random", "yield* random()"],
  [performance, "now", "performance.now", "yield* now()"],
  [crypto, "randomUUID", "crypto.randomUUID", "yield* uuid()"],
  [crypto, "getRandomValues", "crypto.getRandomValues", "yield* random()"],
  [globalThis, "setTimeout", "setTimeout", "yield* sleep(…)"],
  [globalThis, "setInterval", "setInterval", "yield* sleep(…) in a loop"],
  [globalThis, "setImmediate", "setImmediate", "an effect: a body waits for nothing else"],
  [globalThis, "fetch", "fetch", "yield* compute(…), or a step"],
];
const NOW_FIX = "yield* now()";
const ENV_FIX = "its input, or yield* compute(…)";

export function createTraps(
  mode: Exclude<TrapMode, "off">,
  report: (report: TrapReport) => void,
): Traps {
  return new GlobalTraps(mode, report);
}

/** Outside of production they warn. */
export const trapsByDefault = (): TrapMode =>
  process.env["NODE_ENV"] === "production" ? "off" : "warn";

type Slot = readonly [holder: object, key: string, trap: unknown];

class GlobalTraps implements Traps {
  readonly #mode: Exclude<TrapMode, "off">;
  readonly #report: (report: TrapReport) => void;
  readonly #slots: readonly Slot[];
  readonly #told = new Set<string>();
  /** The workflow whose body runs now. */
  #inside: string | undefined;

  constructor(mode: Exclude<TrapMode, "off">, report: (report: TrapReport) => void) {
    this.#mode = mode;
    this.#report = report;
    this.#slots = [
      ...CALLS.map(([holder, key, name, fix]): Slot => {
        return [holder, key, this.#call(Reflect.get(holder, key), name, fix)];
      }),
      [globalThis, "Date", this.#date()],
      [process, "env", this.#env()],
    ];
  }

  enclose<T>(workflow: string, step: () => T): T {
    const { length } = this.#slots;
    const before: (PropertyDescriptor | undefined)[] = new Array(length);
    this.#inside = workflow;
    try {
      this.#slots.forEach(([holder, key, trap], i) => {
        before[i] = Reflect.getOwnPropertyDescriptor(holder, key);
        Reflect.defineProperty(holder, key, { value: trap, configurable: true, writable: true });
      });
      return step();
    } finally {
      this.#inside = undefined;
      this.#slots.forEach(([holder, key], i) => {
        const own = before[i];
        if (own === undefined) Reflect.deleteProperty(holder, key);
        else Reflect.defineProperty(holder, key, own);
      });
    }
  }

  #call(own: unknown, name: string, fix: string): unknown {
    if (typeof own !== "function") return own;
    return new Proxy(own, {
      apply: (target, self, given) => {
        this.#met(name, fix);
        return this.#outside(() => Reflect.apply(target, self, given));
      },
    });
  }

  /** `new Date(0)` and `Date.parse` ask nobody. */
  #date(): unknown {
    const now = this.#call(Date.now, "Date.now", NOW_FIX);
    return new Proxy(Date, {
      apply: (target, self, given) => {
        this.#met("Date", NOW_FIX);
        return Reflect.apply(target, self, given);
      },
      construct: (target, given, newTarget) => {
        if (given.length === 0) this.#met("new Date", NOW_FIX);
        return Reflect.construct(target, given, newTarget);
      },
      get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
    });
  }

  #env(): unknown {
    return new Proxy(process.env, {
      get: (target, key) => {
        if (typeof key === "string") this.#met(`process.env.${key}`, ENV_FIX);
        return Reflect.get(target, key);
      },
    });
  }

  #met(call: string, fix: string): void {
    const workflow = this.#inside;
    if (workflow === undefined) return;
    const message =
      `the workflow "${workflow}" calls ${call} between two effects: a replay gets another ` +
      `answer. Write ${fix} instead`;
    if (this.#mode === "throw") throw new RaftoralError("not-deterministic", message);
    const key = `${workflow} ${call}`;
    if (this.#told.has(key) || this.#told.size >= TOLD_MAX) return;
    this.#told.add(key);
    this.#outside(() => this.#report({ workflow, call, message }));
  }

  /** What the platform, or a report, asks in turn is no workflow's. */
  #outside<T>(step: () => T): T {
    const workflow = this.#inside;
    this.#inside = undefined;
    try {
      return step();
    } finally {
      this.#inside = workflow;
    }
  }
}
