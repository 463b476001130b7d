// How the interpreter sees a run's accepted history. The machine's Run fits it structurally.

import type { Path, Position, RunId } from "../../std/ids.ts";
import type { Input, Value, WriteRecord } from "../dsl/record.ts";

export interface Journal {
  readonly id: RunId;
  /** The id that its first records were made under. Default: its own. */
  readonly originId?: RunId | undefined;
  readonly workflowId: string;
  readonly name: string;
  readonly version: number;
  readonly input: Value;
  readonly startedAtMs: number;
  readonly scheduling: 1;
  readonly through: Position;
  readonly inputs: readonly Input[];
  readonly writes: ReadonlyMap<Path, WriteRecord>;
  /** Of writes that stand at a position: markers of `patched` are not among them. */
  readonly writesByCursor: ReadonlyMap<Position, number>;
  /** The next record's position at each change of epoch (SEMANTICS 8, 13). */
  readonly epochMarks: readonly Position[];
}
