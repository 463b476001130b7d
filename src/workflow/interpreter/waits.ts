// Where the branches of a body stand, for those who look at it from outside: tests and people.

import type { Path } from "../../std/ids.ts";
import type { CombineEffect } from "./combine.ts";
import type { Fiber } from "./fiber.ts";

/** What a branch is suspended at. */
export type WaitView =
  | { readonly kind: "leaf"; readonly path: Path }
  | {
      readonly kind: "group";
      readonly combine: CombineEffect["kind"];
      readonly path: Path;
      /** In the order in which they were given. */
      readonly branches: readonly BranchView[];
    };

export interface BranchView {
  readonly label: string;
  readonly isDone: boolean;
  /** Undefined once it is done. */
  readonly waits: WaitView | undefined;
}

/** Undefined for a fiber that is done, or about to run. */
export function waitView(fiber: Fiber): WaitView | undefined {
  const { wait } = fiber;
  if (wait === undefined || wait.kind === "leaf") return wait;
  if (wait.kind === "join") return { kind: "leaf", path: wait.path };
  const { effect, members, path } = wait.group;
  const branches = members.map((member, slot) => ({
    label: effect.branches[slot]?.label ?? String(slot),
    isDone: member.isDone,
    waits: waitView(member),
  }));
  return { kind: "group", combine: effect.kind, path, branches };
}
