// What the journal holds against what the body did, in words (SEMANTICS 4, 5, 19).
// A divergence is a value that the interpreter returns and keeps; user code never gets to catch it.

import type { Path, Position } from "../../std/ids.ts";
import type { Divergence, EffectIdentity } from "../dsl/record.ts";
import type { Journal } from "./journal.ts";

/** An effect or a record; a sleep and a combinator have no name. */
interface Named {
  readonly kind: string;
  readonly name?: string;
}

export const NOTHING = "nothing";

/** `compute charge`, `sleep`. */
export const words = ({ kind, name = "" }: Named): string =>
  name === "" ? kind : `${kind} ${name}`;

/** Two effects that differ in their input alone must not read alike. */
function fullWords(effect: EffectIdentity): string {
  if (effect.inputHash === "") return words(effect);
  if (effect.kind === "sleep") {
    const { inputHash } = effect;
    return inputHash.startsWith("until") ? `sleep ${inputHash}` : `sleep of ${inputHash} ms`;
  }
  if (effect.kind === "receive") return `${words(effect)} within ${effect.inputHash} ms`;
  return `${words(effect)} with input ${effect.inputHash}`;
}

export function otherEffect(recorded: EffectIdentity, actual: EffectIdentity): Divergence {
  const isSameName = recorded.kind === actual.kind && recorded.name === actual.name;
  const show = isSameName ? fullWords : words;
  return {
    path: actual.path,
    recorded: show(recorded),
    actual: show(actual),
    reason: isSameName
      ? "the history has this effect with another input"
      : "the history has another effect at this place",
  };
}

/** The body is at a place where the journal has a record of another kind or name. */
export const otherRecord = (path: Path, recorded: Named, actual: Named): Divergence => ({
  path,
  recorded: words(recorded),
  actual: words(actual),
  reason: "the history has another effect at this place",
});

export const otherStretch = (
  path: Path,
  record: Named & { readonly cursor: Position },
  cursor: Position,
  actual: Named,
): Divergence => ({
  path,
  recorded: `${words(record)} after input ${record.cursor}`,
  actual: `${words(actual)} after input ${cursor}`,
  reason: "the history has this effect after another input",
});

/** A closed stretch lacks what the body writes in it: somebody else's code ran there. */
export const missingRecord = (path: Path, actual: Named, journal: Journal): Divergence => ({
  path,
  recorded: recordedAt(path, journal),
  actual: words(actual),
  reason: "the history of this stretch is complete and does not have this effect",
});

export const unaskedRecord = (
  recorded: Named & { readonly path: Path },
  actual: Named | undefined,
): Divergence => ({
  path: recorded.path,
  recorded: words(recorded),
  actual: actual === undefined ? NOTHING : words(actual),
  reason: "the history has an effect that the workflow did not ask for",
});

export const unaskedOutcome = (effect: EffectIdentity): Divergence => ({
  path: effect.path,
  recorded: words(effect),
  actual: NOTHING,
  reason: "the history has a result for an effect that the workflow did not ask for",
});

export const endedEarly = (
  path: Path | undefined,
  through: Position,
  cursor: Position,
): Divergence => ({
  path: path ?? "",
  recorded: `more effects, up to input ${through}`,
  actual: `the end of the workflow, after input ${cursor}`,
  reason: "the history goes on where the workflow ends",
});

export const unreadable = (path: string, recorded: Named, error: unknown): Divergence => ({
  path,
  recorded: words(recorded),
  actual: UNREAD,
  reason: error instanceof Error ? error.message : String(error),
});

const UNREAD = "a value that cannot be read";

/** The code does as recorded, as far as it came: a codec or a type is what differs. */
export const isUnread = ({ actual }: Divergence): boolean => actual === UNREAD;

/** What the journal has at a path, writes or outcomes: a search, for reports only. */
function recordedAt(path: Path, journal: Journal): string {
  for (const input of journal.inputs) {
    if (input.kind === "outcome" && input.effect.path === path) return words(input.effect);
  }
  return NOTHING;
}
