// A start as members and clients do it: the ids are chosen here, before anything is sent.

import { RaftoralError } from "../errors.ts";
import type { Limit } from "../std/within.ts";
import type { Workflow } from "../workflow/dsl/define.ts";
import { type Duration, durationMs } from "../workflow/dsl/duration.ts";
import { type Known, refuseUnknown } from "../workflow/dsl/known-options.ts";
import { accepted } from "../workflow/dsl/schema.ts";
import type { ValueCodec } from "../workflow/dsl/value-codec.ts";
import type { Gateway, OnConflict, Ownership, StartTerms } from "./gateway.ts";
import { createHandle, type RunHandle } from "./handle.ts";

export interface StartOptions {
  /** Names the run: starting it again joins it. At most 256 characters. Default: a random id. */
  readonly id?: string;
  /**
   * Where the id is taken, by a run that goes on or has ended: `join` it if workflow, version and
   * input are the same, else WorkflowConflict; `fail` with WorkflowConflict in any case; `replace`:
   * a run that has not ended is terminated, and the new one has the id. Default `join`.
   */
  readonly onConflict?: OnConflict;
  /**
   * The run ends as timed out so long after its start, whatever it is at; so does what it continues
   * as. Default: never.
   */
  readonly timeout?: Duration;
  /** Its body begins so long after its start; `timeout` counts from then. Default: at once. */
  readonly delay?: Duration;
  /**
   * Names this start, where `onConflict` is `fail` or `replace`: sent again under the same, it is
   * the same one, however late it comes. Default: a random one for each call.
   */
  readonly requestId?: string;
  /** How long it is kept after its end. Default: as long as the cluster keeps any. */
  readonly retention?: Duration;
  /** For `list`: at most 16, keys of at most 64 characters, values of at most 256. */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Who acts for it: the member that takes the start, the one that owns fewest runs, or the leader
   * (its effects are recorded fastest). Another one where that lacks the workflow. Default
   * `starter`.
   */
  readonly owner?: Ownership;
}

export interface StarterParts {
  readonly gateway: Gateway;
  readonly codec: ValueCodec;
  /** Of a schema that is asked; nothing is sent before it has answered. */
  readonly schemaLimit: Limit;
  newId(): string;
}

const OPTIONS: Known<StartOptions> = {
  id: true,
  onConflict: true,
  timeout: true,
  delay: true,
  requestId: true,
  retention: true,
  tags: true,
  owner: true,
};

const ID_LENGTH_MAX = 256;
export const TAGS_MAX = 16;
export const TAG_KEY_LENGTH_MAX = 64;
export const TAG_VALUE_LENGTH_MAX = 256;

export async function startRun<I, O>(
  parts: StarterParts,
  workflow: Workflow<I, O>,
  input: I,
  options: StartOptions,
): Promise<RunHandle<O>> {
  checkWorkflow(workflow);
  refuseUnknown("start", options, OPTIONS);
  const { gateway, codec } = parts;
  const id = options.id ?? parts.newId();
  checkText("id", id);
  const terms = termsOf(options, parts);
  // Of what was given: sent again it is the same start, whatever its schema makes of it then.
  const inputHash = codec.hash(input);
  const taken = await accepted(workflow.input, input, workflow.name, parts.schemaLimit);
  await gateway.start({
    workflowId: id,
    name: workflow.name,
    version: workflow.version,
    input: codec.encode(taken),
    inputHash,
    ...(terms === undefined ? {} : { terms }),
  });
  return createHandle(id, parts);
}

/** undefined: nothing is asked for. @throws RaftoralError `invalid-argument` */
function termsOf(options: StartOptions, parts: StarterParts): StartTerms | undefined {
  const { onConflict = "join", owner = "starter", delay, retention, tags, timeout } = options;
  const { requestId = parts.newId() } = options;
  oneOf("onConflict", onConflict, ["join", "fail", "replace"]);
  oneOf("owner", owner, ["starter", "balanced", "leader"]);
  checkText("requestId", requestId);
  const asked = { delay, retention, tags, timeout };
  const isPlain = Object.values(asked).every((option) => option === undefined);
  if (isPlain && onConflict === "join" && owner === "starter") return;
  return {
    tags: tagsOf(tags ?? {}),
    onConflict,
    // Who joins needs none: the id and the input name the start.
    requestId: onConflict === "join" ? "" : requestId,
    owner,
    ...(timeout === undefined ? {} : { timeoutMs: wholeMs("timeout", timeout) }),
    ...(delay === undefined ? {} : { delayMs: wholeMs("delay", delay) }),
    ...(retention === undefined ? {} : { retentionMs: wholeMs("retention", retention) }),
  };
}

function wholeMs(option: string, duration: Duration): number {
  const ms = Math.ceil(durationMs(duration));
  // So that log time and this together are a safe number.
  if (ms <= Number.MAX_SAFE_INTEGER / 2) return ms;
  throw new RaftoralError("invalid-argument", `${option}: too long; leave it out for no limit`);
}

function tagsOf(tags: Readonly<Record<string, string>>): StartTerms["tags"] {
  const entries = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  const isFit = ([key, value]: readonly [string, unknown]): boolean =>
    key.length >= 1 &&
    key.length <= TAG_KEY_LENGTH_MAX &&
    typeof value === "string" &&
    value.length <= TAG_VALUE_LENGTH_MAX;
  if (entries.length <= TAGS_MAX && entries.every(isFit)) return entries;
  throw new RaftoralError(
    "invalid-argument",
    `tags: at most ${TAGS_MAX}, each a text of at most ${TAG_VALUE_LENGTH_MAX} characters ` +
      `under a key of at most ${TAG_KEY_LENGTH_MAX}`,
  );
}

function oneOf(option: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new RaftoralError("invalid-argument", `${option} "${value}": one of ${known.join(", ")}`);
}

export function getRun<O>(parts: StarterParts, id: string): RunHandle<O> {
  checkText("id", id);
  return createHandle(id, parts);
}

/** Before anything is looked up by its name: `start("order", …)` is a likely slip. */
export function checkWorkflow(workflow: unknown): void {
  const isOne =
    typeof workflow === "object" && workflow !== null && "name" in workflow && "run" in workflow;
  if (isOne) return;
  throw new RaftoralError(
    "invalid-argument",
    "the workflow is what workflow({ name, run }) gave, the thing itself: its name does not do",
  );
}

function checkText(option: string, text: string): void {
  if (typeof text === "string" && text.length >= 1 && text.length <= ID_LENGTH_MAX) return;
  throw new RaftoralError("invalid-argument", `${option}: 1 to ${ID_LENGTH_MAX} characters`);
}
