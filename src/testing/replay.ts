// Histories of real runs against the code of today: what would diverge after a deployment is seen
// before it.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { RaftoralError } from "../errors.ts";
import { locate } from "../node/ports-locate.ts";
import type { AnyWorkflow } from "../workflow/dsl/define.ts";
import type { PayloadCodec } from "../workflow/dsl/payload-codec.ts";
import type { Divergence } from "../workflow/dsl/record.ts";
import type { ValueType } from "../workflow/dsl/value-type.ts";
import { type ReadHistory, readHistory } from "../workflow/history/read-history-codec.ts";
import { type Advance, Body } from "../workflow/interpreter/body.ts";
import { isUnread, words } from "../workflow/interpreter/divergence.ts";
import { createValueCodec } from "../workflow/values/codec.ts";
import { checkWorkflows, refused } from "./arguments.ts";

/** What came of one history. */
export interface Replayed {
  /** The file that it was read from, if it was. */
  readonly file?: string;
  /** `process-order@1 order-7`; empty for what is no history. */
  readonly run: string;
  /**
   * `ok`: today's code does what the history has. `diverged`: it does something else. `unknown`:
   * no workflow of this name and version was given. `unreadable`: it is no history, or has a value
   * that the given codec and types do not read.
   */
  readonly kind: "ok" | "diverged" | "unknown" | "unreadable";
  /** What is wrong, in a sentence; empty when nothing is. */
  readonly why: string;
  /** What the history has and what the code does, or what is not read; with the place. */
  readonly divergence?: ReplayDivergence;
}

export interface ReplayDivergence extends Divergence {
  /** Position of the input after which it showed, as in the history's lines. */
  readonly index: number;
}

/** What the members have that the histories come from. */
export interface ReplayOptions {
  readonly codec?: PayloadCodec | undefined;
  readonly types?: readonly ValueType[] | undefined;
}

/** The text of a history, or its lines. */
export type HistoryText = string | readonly string[];

/** Effects and resumptions of one stretch: more is a loop without a wait. */
const STRETCH_FUEL = 1_000_000;
const HISTORY_FILE = /\.jsonl?$/;

/**
 * Replays histories one after the other: those of a folder's `.jsonl` files, of one file, or such
 * as they are handed in. Never throws for what a history says; that is in what it gives.
 */
export async function* replayHistories(
  histories: string | Iterable<HistoryText> | AsyncIterable<HistoryText>,
  workflows: readonly AnyWorkflow[],
  options: ReplayOptions = {},
): AsyncGenerator<Replayed, void, undefined> {
  if (typeof histories !== "string") {
    if (!isMany(histories)) throw refused("replayHistories", "a folder, or histories", histories);
    for await (const history of histories) yield replayHistory(history, workflows, options);
    return;
  }
  for (const file of historyFiles(histories)) {
    yield { file, ...replayHistory(readFileSync(file, "utf8"), workflows, options) };
  }
}

/** One history against today's code. */
export function replayHistory(
  history: HistoryText,
  workflows: readonly AnyWorkflow[],
  options: ReplayOptions = {},
): Replayed {
  checkWorkflows(workflows, "replayHistory: workflows");
  if (typeof history !== "string" && !isLines(history)) {
    throw refused("replayHistory", "the text of a history, or its lines", history);
  }
  let read: ReadHistory;
  try {
    read = readHistory(history);
  } catch (error) {
    if (!(error instanceof RaftoralError)) throw error;
    return { run: "", kind: "unreadable", why: error.message };
  }
  const { name, version, workflowId } = read.journal;
  const run = `${name}@${version} ${workflowId}`;
  const workflow = workflows.find((one) => one.name === name && one.version === version);
  if (workflow === undefined) {
    return { run, kind: "unknown", why: `no workflow ${name}@${version} was given` };
  }
  const divergence = diverges(read, workflow, options);
  if (divergence === undefined) return { run, kind: "ok", why: "" };
  const kind = isUnread(divergence) ? "unreadable" : "diverged";
  return { run, kind, why: divergence.reason, divergence };
}

const isMany = (histories: unknown): boolean =>
  typeof histories === "object" &&
  histories !== null &&
  (Symbol.iterator in histories || Symbol.asyncIterator in histories);

const isLines = (history: unknown): boolean =>
  Array.isArray(history) && history.every((line) => typeof line === "string");

/** Files below a folder, or the file itself. */
function historyFiles(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new RaftoralError("invalid-argument", `${path}: there is no such file or folder`);
  }
  if (!found.isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => HISTORY_FILE.test(name))
    .sort()
    .map((name) => `${path}/${name}`);
}

function diverges(
  { journal, status }: ReadHistory,
  workflow: AnyWorkflow,
  { codec: own, types }: ReplayOptions,
): ReplayDivergence | undefined {
  const codec = createValueCodec({ maxBytes: Number.MAX_SAFE_INTEGER, codec: own, types });
  const body = new Body({ run: (input) => workflow.run(input), journal, codec, locate });
  const advance = body.advance("replay", STRETCH_FUEL);
  const divergence = isRefusedNext(advance, workflow, status)
    ? undefined
    : divergenceOf(advance, body, status);
  return divergence === undefined ? undefined : { ...divergence, index: body.cursor };
}

/** Its schema refused the input of the run that was to go on: no replay asks it again. */
const isRefusedNext = (
  advance: Advance,
  { input }: AnyWorkflow,
  status: ReadHistory["status"],
): boolean =>
  input !== undefined &&
  status === "failed" &&
  advance.kind === "finished" &&
  advance.as?.kind === "continued";

/** How a run ends by its own body: the replay must come there too, and so. */
const OWN_ENDS: ReadonlySet<string> = new Set(["completed", "failed", "cancelled", "continued"]);

function divergenceOf(
  advance: Advance,
  body: Body,
  status: ReadHistory["status"],
): Divergence | undefined {
  if (advance.kind === "diverged") return advance.divergence;
  if (advance.kind === "paused") {
    const reason = "the workflow runs on and on without a wait";
    return { path: "", recorded: "a wait", actual: "a loop", reason };
  }
  if (!OWN_ENDS.has(status)) return;
  if (advance.kind === "finished") return otherEnd(advance, status);
  const [waiting] = body.barriers.values();
  const path = waiting?.effect.path ?? "";
  return {
    path,
    recorded: `the end of the workflow: ${status}`,
    actual: waiting === undefined ? "a wait" : words(waiting.effect),
    reason: "the history ends where the workflow goes on",
    ...placed(body.sourceOf(path)),
  };
}

/** What it gives in the end may be another value: no run that is under way has come there. */
function otherEnd(
  { outcome, as }: Extract<Advance, { kind: "finished" }>,
  status: ReadHistory["status"],
): Divergence | undefined {
  const end = as?.kind ?? (outcome.ok ? "completed" : "failed");
  if (end === status) return;
  const failure = outcome.ok ? undefined : outcome.failure;
  const why = failure === undefined ? "" : `, by ${failure.name}: ${failure.message}`;
  return {
    path: "",
    recorded: `the end of the workflow: ${status}`,
    actual: `the end of the workflow: ${end}${why}`,
    reason: "the workflow ends otherwise",
    ...placed(locate(failure?.stack ?? "")),
  };
}

const placed = (source: string | undefined): Pick<Divergence, "source"> =>
  source === undefined ? {} : { source };
