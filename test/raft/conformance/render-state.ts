// Configurations and what a leader knows of its members, as the scripts write them.

import type { ConfChangeKind, SingleChange } from "../../../src/raft/conf-change.ts";
import type { Progress } from "../../../src/raft/progress.ts";
import type { TrackerConfig } from "../../../src/raft/tracker.ts";
import type { ConfState } from "../../../src/raft/types.ts";
import { type NodeId, nodeId } from "../../../src/std/ids.ts";
import { parseNumber } from "./datadriven.ts";

export const hex = (id: number): string => id.toString(16);

const ascending = <T extends number>(ids: Iterable<T>): readonly T[] =>
  [...ids].sort((a, b) => a - b);

export function renderConfig(config: TrackerConfig): string {
  return renderConfState({
    voters: ascending(config.incoming),
    votersOutgoing: ascending(config.outgoing),
    learners: ascending(config.learners),
    learnersNext: ascending(config.learnersNext),
    autoLeave: config.autoLeave,
  });
}

export function renderConfState(conf: ConfState): string {
  const list = (ids: readonly NodeId[]): string => `(${ids.map(hex).join(" ")})`;
  let text = `voters=${list(conf.voters)}`;
  if (conf.votersOutgoing.length > 0) text += `&&${list(conf.votersOutgoing)}`;
  if (conf.learners.length > 0) text += ` learners=${list(conf.learners)}`;
  if (conf.learnersNext.length > 0) text += ` learners_next=${list(conf.learnersNext)}`;
  return conf.autoLeave ? `${text} autoleave` : text;
}

const PROGRESS = { probe: "Probe", replicate: "Replicate", snapshot: "Snapshot" } as const;

/** All that is shown of it, and so all that a trace event needs to keep of it. */
export type ProgressView = Pick<
  Progress,
  "state" | "match" | "next" | "isLearner" | "isPaused" | "pendingSnapshot" | "isRecentActive"
> & { readonly inflights: Pick<Progress["inflights"], "count" | "isFull"> };

export function renderProgress(progress: ProgressView): string {
  const { count, isFull } = progress.inflights;
  const words = [
    `State${PROGRESS[progress.state]}`,
    `match=${progress.match}`,
    `next=${progress.next}`,
  ];
  if (progress.isLearner) words.push("learner");
  if (progress.isPaused) words.push("paused");
  if (progress.pendingSnapshot > 0) words.push(`pendingSnap=${progress.pendingSnapshot}`);
  if (!progress.isRecentActive) words.push("inactive");
  if (count > 0) words.push(`inflight=${count}${isFull ? "[full]" : ""}`);
  return words.join(" ");
}

export function renderProgressMap(progress: ReadonlyMap<NodeId, Progress>): string {
  return ascending(progress.keys())
    .map((id) => {
      const member = progress.get(id);
      return member === undefined ? "" : `${id}: ${renderProgress(member)}\n`;
    })
    .join("");
}

const LETTERS: Readonly<Record<ConfChangeKind, string>> = {
  "add-voter": "v",
  "add-learner": "l",
  remove: "r",
  update: "u",
};

/** `v1 l2 r3 u4`, and back. */
export function renderChanges(changes: readonly SingleChange[]): string {
  return changes.map(({ kind, id }) => `${LETTERS[kind]}${id}`).join(" ");
}

export function parseChanges(text: string): readonly SingleChange[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => ({ kind: kindOf(word), id: nodeId(parseNumber(word.slice(1))) }));
}

function kindOf(word: string): ConfChangeKind {
  switch (word[0]) {
    case "v":
      return "add-voter";
    case "l":
      return "add-learner";
    case "r":
      return "remove";
    case "u":
      return "update";
    default:
      throw new Error(`not a change: ${word}`);
  }
}
