// What members show of runs and of the cluster, as JSON: dates come as texts. A member is believed,
// as far as its answer has the shape.

import { MalformedError } from "../std/bytes.ts";
import type { ClusterStatus } from "./admin.ts";
import type {
  HistoryPage,
  RunChange,
  RunDescription,
  RunPage,
  StartTerms,
  VersionUse,
} from "./gateway.ts";
import { TAGS_MAX } from "./start-run.ts";

type Fields = Readonly<Record<string, unknown>>;

/** @throws MalformedError, as all here. */
export function readDescription(json: unknown): RunDescription {
  const fields = fieldsOf(json);
  const { startedAt, endedAt, timesOutAt, waitsFor } = fields;
  if (typeof fields["workflowId"] !== "string" || typeof startedAt !== "string") throw notAView();
  if (!Array.isArray(waitsFor)) throw notAView();
  const dates = {
    startedAt: new Date(startedAt),
    ...(typeof timesOutAt === "string" ? { timesOutAt: new Date(timesOutAt) } : {}),
    ...(typeof endedAt === "string" ? { endedAt: new Date(endedAt) } : {}),
  };
  return { ...fields, ...dates, waitsFor: waitsFor.map(readWait) } as unknown as RunDescription;
}

function readWait(json: unknown): Fields {
  const fields = fieldsOf(json);
  const { until } = fields;
  return typeof until === "string" ? { ...fields, until: new Date(until) } : fields;
}

export function readChange(json: unknown): RunChange {
  const { mark, run } = fieldsOf(json);
  if (typeof mark !== "string") throw notAView();
  return { mark, run: readDescription(run) };
}

export function readPage(json: unknown): RunPage {
  const { runs, cursor } = fieldsOf(json);
  if (!Array.isArray(runs)) throw notAView();
  return { runs: runs.map(readDescription), ...(typeof cursor === "string" ? { cursor } : {}) };
}

export function readHistoryPage(json: unknown): HistoryPage {
  const { runId, lines, next } = fieldsOf(json);
  const isWhole = typeof runId === "string" && Array.isArray(lines);
  if (!isWhole || !lines.every((line) => typeof line === "string")) throw notAView();
  return { runId, lines, ...(typeof next === "number" ? { next } : {}) };
}

export function readVersions(json: unknown): readonly VersionUse[] {
  if (!Array.isArray(json)) throw notAView();
  return json.map((use) => fieldsOf(use) as unknown as VersionUse);
}

export function readTags(json: unknown): Readonly<Record<string, string>> {
  const fields = fieldsOf(json);
  if (!Object.values(fields).every((value) => typeof value === "string")) throw notAView();
  return fields as Readonly<Record<string, string>>;
}

/** A start's terms, as a client sent them. */
export function readTerms(json: unknown): StartTerms {
  const { tags, timeoutMs, retentionMs, delayMs, onConflict, requestId, owner } = fieldsOf(json);
  const isTag = (tag: unknown): boolean =>
    Array.isArray(tag) && tag.length === 2 && tag.every((part) => typeof part === "string");
  const isWhole = (ms: unknown): boolean => ms === undefined || Number.isSafeInteger(ms);
  if (!Array.isArray(tags) || tags.length > TAGS_MAX || !tags.every(isTag)) throw notAView();
  if (![timeoutMs, retentionMs, delayMs].every(isWhole)) throw notAView();
  if (typeof requestId !== "string") throw notAView();
  if (!isIn(["join", "fail", "replace"], onConflict)) throw notAView();
  if (!isIn(["starter", "balanced", "leader"], owner)) throw notAView();
  const times = {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(retentionMs === undefined ? {} : { retentionMs }),
    ...(delayMs === undefined ? {} : { delayMs }),
  };
  return { tags, onConflict, requestId, owner, ...times } as unknown as StartTerms;
}

const isIn = (known: readonly string[], value: unknown): boolean =>
  typeof value === "string" && known.includes(value);

export function readStatus(json: unknown): ClusterStatus {
  const fields = fieldsOf(json);
  if (!Array.isArray(fields["members"])) throw notAView();
  return fields as unknown as ClusterStatus;
}

function fieldsOf(json: unknown): Fields {
  if (typeof json !== "object" || json === null) throw notAView();
  return json as Fields;
}

const notAView = (): MalformedError => new MalformedError("an answer lacks its parts");
