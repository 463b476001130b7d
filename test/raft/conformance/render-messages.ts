// Entries, messages and Readies, as the scripts write them.

import { decodeConfChange } from "../../../src/raft/codec.ts";
import { APPEND_THREAD, APPLY_THREAD, type Message } from "../../../src/raft/message.ts";
import type { Ready } from "../../../src/raft/ready.ts";
import type { Entry, HardState, Snapshot, StateName } from "../../../src/raft/types.ts";
import { fromUtf8 } from "../../../src/std/bytes.ts";
import { NONE, type NodeId } from "../../../src/std/ids.ts";
import { hex, renderChanges } from "./render-state.ts";

/** `app-resp` is AppResp. */
const pascal = (name: string): string =>
  name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

export const renderType = (type: Message["type"]): string => `Msg${pascal(type)}`;
export const renderStateName = (state: StateName): string => `State${pascal(state)}`;

export function renderEntry(entry: Entry): string {
  const at = `${entry.term}/${entry.index}`;
  if (entry.kind === "normal") {
    return `${at} EntryNormal ${JSON.stringify(fromUtf8(entry.data))}`;
  }
  const changes = renderChanges(decodeConfChange(entry.data).changes);
  const kind = entry.kind === "conf-change" ? "EntryConfChange" : "EntryConfChangeV2";
  return changes === "" ? `${at} ${kind}` : `${at} ${kind} ${changes}`;
}

export const renderEntries = (entries: readonly Entry[]): string =>
  entries.map((entry) => `${renderEntry(entry)}\n`).join("");

function renderAddress(id: NodeId): string {
  if (id === NONE) return "None";
  if (id === APPEND_THREAD) return "AppendThread";
  return id === APPLY_THREAD ? "ApplyThread" : hex(id);
}

export function renderSnapshot({ index, term, confState }: Snapshot): string {
  const list = (ids: readonly NodeId[]): string => `[${ids.join(" ")}]`;
  const conf = [
    `Voters:${list(confState.voters)}`,
    `VotersOutgoing:${list(confState.votersOutgoing)}`,
    `Learners:${list(confState.learners)}`,
    `LearnersNext:${list(confState.learnersNext)}`,
    `AutoLeave:${confState.autoLeave}`,
  ].join(" ");
  return `Index:${index} Term:${term} ConfState:${conf}`;
}

/** Without a line break at its end. */
export function renderMessage(m: Message, indent = ""): string {
  const parts = [
    `${indent}${renderAddress(m.from)}->${renderAddress(m.to)} ${renderType(m.type)}`,
    ` Term:${m.term} Log:${m.logTerm}/${m.index}`,
  ];
  if (m.reject) parts.push(` Rejected (Hint: ${m.rejectHint})`);
  if (m.commit !== 0) parts.push(` Commit:${m.commit}`);
  if (m.vote !== NONE) parts.push(` Vote:${m.vote}`);
  const [first] = m.entries;
  if (m.entries.length === 1 && first !== undefined) parts.push(` Entries:[${renderEntry(first)}]`);
  if (m.entries.length > 1) {
    const lines = m.entries.map((entry) => `\n${indent}  ${renderEntry(entry)}`);
    parts.push(` Entries:[${lines.join("")}\n${indent}]`);
  }
  if (m.snapshot !== undefined) {
    parts.push(`\n${indent}  Snapshot: ${renderSnapshot(m.snapshot)}`);
  }
  if (m.responses.length > 0) {
    const lines = m.responses.map((response) => `\n${renderMessage(response, `${indent}  `)}`);
    parts.push(` Responses:[${lines.join("")}\n${indent}]`);
  }
  return parts.join("");
}

export const renderMessages = (messages: readonly Message[]): string =>
  messages.map((m) => `${renderMessage(m)}\n`).join("");

export function renderHardState({ term, vote, commit }: HardState): string {
  return `Term:${term}${vote === NONE ? "" : ` Vote:${vote}`} Commit:${commit}`;
}

export function renderReady(ready: Ready): string {
  const parts: string[] = [];
  const { softState, hardState, readStates, entries, snapshot, committedEntries, messages } = ready;
  if (softState !== undefined) {
    parts.push(`Lead:${softState.leader} State:${renderStateName(softState.state)}\n`);
  }
  if (hardState !== undefined) parts.push(`HardState ${renderHardState(hardState)}\n`);
  if (readStates.length > 0) {
    parts.push(`ReadStates ${readStates.map(({ index }) => index).join(" ")}\n`);
  }
  if (entries.length > 0) parts.push(`Entries:\n${renderEntries(entries)}`);
  if (snapshot !== undefined) parts.push(`Snapshot ${renderSnapshot(snapshot)}\n`);
  if (committedEntries.length > 0) {
    parts.push(`CommittedEntries:\n${renderEntries(committedEntries)}`);
  }
  if (messages.length > 0) parts.push(`Messages:\n${renderMessages(messages)}`);
  if (parts.length === 0) return "<empty Ready>\n";
  return `Ready MustSync=${ready.mustSync}:\n${parts.join("")}`;
}
