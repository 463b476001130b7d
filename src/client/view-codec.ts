// What members show of runs and of the cluster, as JSON: dates come as texts. A member is believed,
// as far as its answer has the shape.

import { MalformedError } from "../std/bytes.ts";
import type { ClusterStatus } from "./admin.ts";
import type { HistoryPage, RunDescription, RunPage } from "./gateway.ts";

type Fields = Readonly<Record<string, unknown>>;

/** @throws MalformedError, as all here. */
export function readDescription(json: unknown): RunDescription {
  const fields = fieldsOf(json);
  const { startedAt, endedAt } = fields;
  if (typeof fields["workflowId"] !== "string" || typeof startedAt !== "string") throw notAView();
  const dates = {
    startedAt: new Date(startedAt),
    ...(typeof endedAt === "string" ? { endedAt: new Date(endedAt) } : {}),
  };
  return { ...fields, ...dates } as unknown as RunDescription;
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
