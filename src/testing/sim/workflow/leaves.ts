// The statements of a random program that ask for one effect.

import { child } from "../../../workflow/dsl/child.ts";
import type { Workflow } from "../../../workflow/dsl/define.ts";
import { info, log, now, random, uuid } from "../../../workflow/dsl/derived.ts";
import type { Gen } from "../../../workflow/dsl/effect.ts";
import { receive, type Signal, signal } from "../../../workflow/dsl/signal.ts";
import { sleep, sleepUntil } from "../../../workflow/dsl/sleep.ts";
import { effects } from "../../../workflow/dsl/step.ts";
import { checkpoint, variable } from "../../../workflow/dsl/write-behind.ts";
import type { EffectWorld } from "./effect-world.ts";
import type { Fate } from "./fate.ts";
import { mix } from "./ghost.ts";
import { CHILD, SIGNALS, TAME_CHILD } from "./grower.ts";
import { GENERATION, type Locals, type ProgramHost } from "./locals.ts";
import type { Call, FateKind, Statement } from "./statement.ts";

const { step, compute } = effects<EffectWorld>();

/** What a program may wait for, by its number. */
export const signalOf = (at: number): Signal<number> => signal(`s${at}`);
const SENT = Array.from({ length: SIGNALS }, (_, at) => signalOf(at));
/** Nobody sends it. */
export const NEVER: Signal<number> = signal("never");

/** Names of effects whose bodies run at most once an attempt begin with it. */
export const ONCE = "once ";

export type Leaf = Exclude<
  Statement,
  | { readonly body: unknown }
  | { readonly branches: unknown }
  | { readonly yes: unknown }
  | { readonly task: unknown }
  | { readonly kind: "fail" | "continueAsNew" | "awaitCancel" }
>;

export function* leaf(s: Leaf, locals: Locals, host: ProgramHost): Gen<void> {
  host.reached?.(locals);
  switch (s.kind) {
    case "checkpoint":
    case "set":
    case "update":
    case "declare":
      yield* written(s, locals, host);
      return;
    case "compute":
    case "step":
      locals.take(s.to, yield* called(s, locals));
      return;
    case "sleep":
    case "sleepUntil":
      yield* slept(s, locals);
      return;
    case "child":
      locals.take(s.to, yield* childOf(s, locals));
      return;
    case "receive":
      yield* received(s, locals);
      return;
    default:
      yield* derived(s, locals, host);
  }
}

function* written(
  s: Extract<Leaf, { kind: "checkpoint" | "set" | "update" | "declare" }>,
  locals: Locals,
  host: ProgramHost,
): Gen<void> {
  const own = (): number => (locals.isTame ? locals.ghost : host.ownValue());
  if (s.kind === "checkpoint") {
    locals.take(s.to, yield* checkpoint(`g${locals.ghost}`, own()));
    return;
  }
  const it = yield* locals.variable(s.variable);
  switch (s.kind) {
    case "set":
      yield* it.set(own() ^ locals.get(s.from));
      locals.take(s.from, it.value);
      return;
    case "update":
      locals.take(s.to, yield* it.update((value) => value + 1));
      return;
    default:
      // It is there: it keeps its value.
      locals.take(s.to, (yield* variable(locals.nameOf(s.variable), -1)).value);
  }
}

function* called(s: Call, locals: Locals): Gen<number> {
  const { attempts, atMostOnce, timeout } = s;
  const options = {
    retry: { attempts, backoff: 5, jitter: 0 },
    atMostOnce,
    ...(timeout?.of === "attempt" && { timeout: timeout.ms }),
    ...(timeout?.of === "all" && { totalTimeout: timeout.ms }),
  };
  const name = `${atMostOnce ? ONCE : "g"}${locals.ghost}`;
  const fate = s.fate && fateOf(s.fate, locals);
  const input = locals.get(s.from);
  if (s.kind === "compute") return yield* compute(name, (fx) => fx.deps.execute(fx, fate), options);
  const named = step(name, (_input: number, fx) => fx.deps.execute(fx, fate), options);
  return yield* named(input);
}

function fateOf(kind: FateKind, { ghost }: Locals): Fate {
  const isBad = kind === "fails" || kind === "is final";
  const failsBelow = kind === "is flaky" ? 2 + (ghost % 2) : 0;
  return {
    value: mix(ghost, 7) % 1_000_000,
    failsBelow: isBad ? Number.POSITIVE_INFINITY : failsBelow,
    isFinal: kind === "is final",
    hangs: kind === "hangs",
  };
}

/** The ghost is in it as it is in names: a sleep has none. */
function* slept(
  { kind, ms }: Extract<Leaf, { kind: "sleep" | "sleepUntil" }>,
  locals: Locals,
): Gen<void> {
  const wholeMs = ms + (locals.ghost % 8);
  if (kind === "sleep") yield* sleep(wholeMs);
  else yield* sleepUntil(new Date((yield* now()).getTime() + wholeMs));
  locals.ghost = mix(locals.ghost, ms);
}

/** Its id has the ghost in it by way of its input, as names have. */
function* childOf(s: Extract<Leaf, { kind: "child" }>, locals: Locals): Gen<string> {
  const { parentClose } = s;
  const workflow = locals.isTame ? TAME : WILD;
  const input = locals.ghost % GENERATION;
  if (s.waitsFor === "end") return JSON.stringify(yield* child(workflow, input, { parentClose }));
  const started = yield* child.start(workflow, input, { parentClose });
  return s.waitsFor === "start" ? started.workflowId : JSON.stringify(yield* started.result());
}

/** What is started goes by name and version: its code is the simulation's. */
const startedBy = (name: string): Workflow<number, unknown> => ({
  name,
  version: 1,
  run: () => {
    throw new Error("never run");
  },
});
const WILD = startedBy(CHILD);
const TAME = startedBy(TAME_CHILD);

function* received(s: Extract<Leaf, { kind: "receive" }>, locals: Locals): Gen<void> {
  const awaited = s.signal === "never" ? NEVER : (SENT[s.signal] ?? NEVER);
  const { timeoutMs } = s;
  const options = timeoutMs === undefined ? {} : { timeout: timeoutMs + (locals.ghost % 8) };
  locals.take(s.to, (yield* receive(awaited, options)) ?? "none");
}

function* derived(
  s: Extract<Leaf, { kind: "now" | "random" | "uuid" | "log" | "info" }>,
  locals: Locals,
  host: ProgramHost,
): Gen<void> {
  switch (s.kind) {
    case "now": {
      const nowMs = (yield* now()).getTime();
      if (nowMs < locals.lastNowMs) host.violation("now never runs backwards (6)", `${nowMs}`);
      locals.lastNowMs = nowMs;
      locals.take(s.to, nowMs);
      return;
    }
    case "random":
      locals.take(s.to, String(yield* random()));
      return;
    case "uuid":
      locals.take(s.to, yield* uuid());
      return;
    case "info":
      locals.take(s.to, (yield* info()).runId);
      return;
    case "log":
      yield* log("a line", { ghost: locals.ghost });
  }
}
