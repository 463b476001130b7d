// How far a body came, and why it stopped there.

import type { Path } from "../../std/ids.ts";
import type { Gen } from "../dsl/effect.ts";
import type { Divergence, OtherEnd, Outcome } from "../dsl/record.ts";
import type { ValueCodec } from "../dsl/value-codec.ts";
import type { Journal } from "./journal.ts";

/**
 * Only the owner proposes. A standby waits for its owner; a replay is fed all that the journal has.
 */
export type Role = "owner" | "standby" | "replay";

/** Why `advance` returned. */
export type Advance =
  /** At rest; the journal has no further input. */
  | { readonly kind: "blocked" }
  /** At rest; the next input waits until the owner's `through` has passed it (standby only). */
  | { readonly kind: "behind" }
  /** At rest; the next input is beyond what the caller lets it be fed. */
  | { readonly kind: "held" }
  /** The fuel is spent in the middle of a stretch: call again. */
  | { readonly kind: "paused" }
  /** A follower in an open stretch came to a write that is not in the journal yet (SEMANTICS 4). */
  | { readonly kind: "stuck"; readonly path: Path }
  | {
      readonly kind: "finished";
      readonly outcome: Outcome;
      /** Where the outcome does not say how it ended. */
      readonly as?: OtherEnd;
    }
  | { readonly kind: "diverged"; readonly divergence: Divergence };

export interface BodyOptions {
  readonly run: (input: unknown) => Gen<unknown>;
  readonly journal: Journal;
  readonly codec: ValueCodec;
  /**
   * The user's place in the stack of a suspended body, the innermost first; asked when somebody
   * wants to know, and once when the body has diverged.
   */
  readonly locate?: ((stack: string) => string | undefined) | undefined;
  /** Runs user code up to its next effect: whoever watches over it stands around it. */
  readonly enclose?: (<T>(step: () => T) => T) | undefined;
}
