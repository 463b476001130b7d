// What a stepped workflow waits for, as data.

import type { Path } from "../../std/ids.ts";
import type { Barrier, WaitView } from "../../workflow/interpreter/body.ts";
import { shown } from "./report.ts";
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
  | {
      readonly kind: "receive" | "child" | "childEnd";
      readonly path: string;
      readonly name: string;
    };

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
  | { readonly kind: "failed"; readonly error: Error };

export function currentOf(stepper: Stepper): Current {
  const { codec, outcome, waits } = stepper;
  if (outcome === undefined) {
    const waiting = waits === undefined ? undefined : waitingOf(stepper, waits);
    return waiting ?? stepper.fail({ message: "the workflow neither waits nor has it ended" });
  }
  return outcome.ok
    ? { kind: "done", value: codec.decode(outcome.value) }
    : { kind: "failed", error: codec.decodeError(outcome.failure) };
}

export function waitingOf(stepper: Stepper, view: WaitView): Waiting | undefined {
  if (view.kind === "leaf") {
    const barrier = stepper.barrier(view.path);
    return barrier === undefined ? undefined : waitingEffect(stepper, barrier);
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
  if (kind === "sleep") return { kind, path, durationMs: Number(effect.inputHash) };
  if (kind === "receive" || kind === "child" || kind === "childEnd") return { kind, path, name };
  if (kind === "compute") return { kind, path, name, attempt };
  return { kind, path, name, input: call?.input, attempt };
}

/** The leaves below a wait, in the order of their branches. */
export function leavesOf(view: WaitView | undefined): readonly Path[] {
  if (view === undefined) return [];
  if (view.kind === "leaf") return [view.path];
  return view.branches.flatMap(({ waits }) => leavesOf(waits));
}

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
    default:
      return `${current.kind} { ${Object.entries(current.branches)
        .map(([label, branch]) => `${label}: ${currentText(branch)}`)
        .join(", ")} }`;
  }
}
