// What a stepped workflow waits for, as data.

import type { Path } from "../../std/ids.ts";
import type { Barrier, WaitView } from "../../workflow/interpreter/body.ts";
import { shown } from "../report.ts";
import type { Stepper } from "./stepper.ts";

/** One effect that a branch waits at. */
export type WaitingEffect =
  | {
      readonly kind: "step";
      readonly path: string;
      readonly name: string;
      readonly input: unknown;
      /** 1, and one more for each failed attempt. */
      readonly attempt: number;
    }
  | {
      readonly kind: "compute";
      readonly path: string;
      readonly name: string;
      readonly attempt: number;
    }
  | { readonly kind: "sleep"; readonly path: string; readonly durationMs: number }
  | { readonly kind: "sleepUntil"; readonly path: string; readonly until: Date }
  | {
      readonly kind: "receive";
      readonly path: string;
      readonly name: string;
      /** Undefined: it waits for ever. */
      readonly timeoutMs: number | undefined;
    }
  /** A child's start, and its end. */
  | { readonly kind: "child" | "childEnd"; readonly path: string; readonly name: string }
  /** A task's end. */
  | { readonly kind: "join"; readonly path: string };

/** What a branch waits at: an effect, or branches of its own. */
export type Waiting =
  | WaitingEffect
  | {
      readonly kind: Extract<WaitView, { kind: "group" }>["combine"];
      readonly path: string;
      /** By label; undefined for a branch that is done. */
      readonly branches: Readonly<Record<string, Waiting | undefined>>;
    };

/** Where a stepped workflow is. */
export type Current =
  | Waiting
  | { readonly kind: "done"; readonly value: unknown }
  | { readonly kind: "failed"; readonly error: Error }
  | { readonly kind: "cancelled"; readonly reason: string }
  | { readonly kind: "continuedAsNew"; readonly input: unknown };

export function currentOf(stepper: Stepper): Current {
  const { codec, outcome, waits } = stepper;
  if (outcome === undefined) {
    const view = unwrapped(waits);
    const waiting = view === undefined ? undefined : waitingOf(stepper, view);
    return waiting ?? stepper.fail({ message: "the workflow neither waits nor has it ended" });
  }
  const { endedAs } = stepper;
  if (endedAs?.kind === "cancelled") return endedAs;
  if (endedAs?.kind === "continued") {
    return { kind: "continuedAsNew", input: codec.decode(endedAs.input) };
  }
  return outcome.ok
    ? { kind: "done", value: codec.decode(outcome.value) }
    : { kind: "failed", error: codec.decodeError(outcome.failure) };
}

export function waitingOf(stepper: Stepper, view: WaitView): Waiting | undefined {
  if (view.kind === "leaf") {
    const barrier = stepper.barrier(view.path);
    if (barrier === undefined) return { kind: "join", path: view.path };
    return waitingEffect(stepper, barrier);
  }
  const branches = view.branches.map(({ label, waits }) => [
    label,
    waits === undefined ? undefined : waitingOf(stepper, waits),
  ]);
  return { kind: view.combine, path: view.path, branches: Object.fromEntries(branches) };
}

function waitingEffect(stepper: Stepper, { effect, call }: Barrier): WaitingEffect {
  const { kind, name, path } = effect;
  const attempt = stepper.failures(path) + 1;
  const { inputHash } = effect;
  if (kind === "sleep") {
    const until = /^until (-?\d+)$/.exec(inputHash)?.[1];
    if (until === undefined) return { kind, path, durationMs: Number(inputHash) };
    return { kind: "sleepUntil", path, until: new Date(Number(until)) };
  }
  if (kind === "receive") {
    return { kind, path, name, timeoutMs: inputHash === "" ? undefined : Number(inputHash) };
  }
  if (kind === "child" || kind === "childEnd") return { kind, path, name };
  if (kind === "compute") return { kind, path, name, attempt };
  return { kind, path, name, input: call?.input, attempt };
}

/** What stands in a saga or a shield, as if it stood in the body itself. */
export function unwrapped(view: WaitView | undefined): WaitView | undefined {
  if (view?.kind !== "group") return view;
  const isWrapper = view.combine === "saga" || view.combine === "shield";
  return isWrapper ? unwrapped(view.branches[0]?.waits) : view;
}

/** The leaves below a wait, in the order of their branches. */
export function leavesOf(view: WaitView | undefined): readonly Path[] {
  if (view === undefined) return [];
  if (view.kind === "leaf") return [view.path];
  return view.branches.flatMap(({ waits }) => leavesOf(waits));
}

/** How a test goes on from there: the first thing that it can answer. */
export function nextMove(current: Current | undefined): string | undefined {
  if (current === undefined) return;
  switch (current.kind) {
    case "step":
      return `.expect(${current.name}) first, and .resolve(…), .reject(…) or .fail(…) it`;
    case "compute":
      return `.expectCompute("${current.name}") first, and .resolve(…) or .reject(…) it`;
    case "sleep":
    case "sleepUntil":
      return ".expectSleep().elapse() first";
    case "receive":
      return `.expectSignal(${current.name}) first, and .deliver(…)${orTimeout(current)} it`;
    case "child":
    case "childEnd":
      return `.expectChild(${current.name}) first, and .resolve(…) or .reject(…) it`;
    case "join":
      return "answer what the task waits at: .expectSpawn(step)";
    case "done":
      return "it has ended: .expectDone(…)";
    case "failed":
      return "it has ended: .expectFailed(…)";
    case "cancelled":
      return "it has ended: .expectCancelled(…)";
    case "continuedAsNew":
      return "it has ended: .expectContinuedAsNew(…)";
    case "race":
    case "any":
      return `.${FIRST_OF[current.kind]}({ … }).win(label, …) first`;
    default:
      return `answer its branches: ${Object.keys(current.branches).join(", ")}, each by itself`;
  }
}

const FIRST_OF = { race: "expectRace", any: "expectAny" } as const;

const orTimeout = ({ timeoutMs }: { readonly timeoutMs: number | undefined }): string =>
  timeoutMs === undefined ? "" : " or .timeout()";

/** In words, for failures. */
export function currentText(current: Current | undefined): string {
  if (current === undefined) return "nothing: it is done";
  switch (current.kind) {
    case "done":
      return `the end, with ${shown(current.value)}`;
    case "failed":
      return `its failure, by ${current.error.name}: ${current.error.message}`;
    case "step":
      return `step ${current.name}(${shown(current.input)})`;
    case "compute":
      return `compute ${current.name}`;
    case "receive":
    case "child":
    case "childEnd":
      return `${current.kind} ${current.name}`;
    case "sleep":
      return `sleep of ${current.durationMs} ms`;
    case "sleepUntil":
      return `sleep until ${current.until.toISOString()}`;
    case "join":
      return "the end of a task";
    case "cancelled":
      return `its cancellation: ${current.reason}`;
    case "continuedAsNew":
      return `its next run, with ${shown(current.input)}`;
    default:
      return `${current.kind} { ${Object.entries(current.branches)
        .map(([label, branch]) => `${label}: ${currentText(branch)}`)
        .join(", ")} }`;
  }
}
