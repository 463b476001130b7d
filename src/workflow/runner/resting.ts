// What is told of a run that rests (SEMANTICS 20).

import type { Barrier, Body } from "../interpreter/body.ts";
import { WAITS_MAX, type Wait, waitsText } from "../machine/rest.ts";

/** Does it wait for nothing but time and signals, and few enough to be told? */
export function isAsleep(
  body: Body,
  run: { readonly children: { readonly size: number } },
): boolean {
  if (body.barriers.size > WAITS_MAX) return false;
  for (const { call, child } of body.barriers.values()) {
    // Their bodies, or the runs that they started, may need something said at any time.
    if (call !== undefined || child !== undefined) return false;
  }
  return run.children.size === 0;
}

export const waitsOf = (body: Body): string =>
  waitsText([...body.barriers.values()].slice(0, WAITS_MAX).map(waitOf));

const waitOf = ({ effect, registeredAt, dueMs }: Barrier): Wait => {
  const { path, kind, name } = effect;
  return { path, kind, name, since: registeredAt, dueMs };
};
