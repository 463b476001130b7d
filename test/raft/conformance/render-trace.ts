// What the core's events are called in the scripts' log lines.

import type { ConfChange, ConfChangeKind, Transition } from "../../../src/raft/conf-change.ts";
import type { LogEnd, TraceEvent } from "../../../src/raft/trace.ts";
import type { StateName } from "../../../src/raft/types.ts";
import { assert } from "../../../src/std/assert.ts";
import type { Level, LogLine } from "./output.ts";
import { renderType } from "./render-messages.ts";
import { hex, renderConfState, renderProgress } from "./render-state.ts";

type Kind = TraceEvent["kind"];
type EventOf<K extends Kind> = Extract<TraceEvent, { readonly kind: K }>;
type Renderer<K extends Kind> = (event: EventOf<K>) => string | readonly string[];

export function renderTrace(event: TraceEvent): readonly LogLine[] {
  const text = renderEvent(event.kind, event);
  const texts = typeof text === "string" ? [text] : text;
  return texts.map((line) => ({ level: levelOf(event.kind), text: line }));
}

/** The table holds the right renderer for each kind, which the compiler cannot follow. */
function renderEvent<K extends Kind>(kind: K, event: TraceEvent): string | readonly string[] {
  const isOfKind = (some: TraceEvent): some is EventOf<K> => some.kind === kind;
  assert(isOfKind(event), "an event is of its kind");
  const render: Renderer<K> = RENDERERS[kind];
  return render(event);
}

const DEBUG: ReadonlySet<Kind> = new Set<Kind>([
  "append-refused",
  "refusal-received",
  "progress-decreased",
  "reported-unreachable",
  "replication-paused",
  "replication-resumed",
  "snapshot-sent",
]);

function levelOf(kind: Kind): Level {
  if (kind === "forget-refused") return "error";
  if (kind === "campaign-refused" || kind === "quorum-lost") return "warn";
  return DEBUG.has(kind) ? "debug" : "info";
}

const ROLES: Readonly<Record<StateName, string>> = {
  follower: "follower",
  "pre-candidate": "pre-candidate",
  candidate: "candidate",
  leader: "leader",
};

/** A log's end, as votes and appends write it. */
const at = ({ term, index }: LogEnd): string => `[logterm: ${term}, index: ${index}]`;
const snapshotAt = ({ index, term }: LogEnd): string => `[index: ${index}, term: ${term}]`;

type VoteAnswer = EventOf<"vote-cast" | "vote-refused" | "vote-ignored">;

function answer(event: VoteAnswer, verb: string, word: string): string {
  const { id, end, vote, type, from, asked, term } = event;
  const own = `[logterm: ${end.term}, index: ${end.index}, vote: ${hex(vote)}]`;
  const request = `${verb} ${renderType(type)} ${word} ${hex(from)} ${at(asked)}`;
  return `${hex(id)} ${own} ${request} at term ${term}`;
}

const RENDERERS: { readonly [K in Kind]: Renderer<K> } = {
  started: ({ id, voters, term, commit, applied, end }) =>
    `newRaft ${hex(id)} [peers: [${voters.map(hex).join(",")}], term: ${term}, ` +
    `commit: ${commit}, applied: ${applied}, lastindex: ${end.index}, lastterm: ${end.term}]`,
  became: ({ id, state, term }) => `${hex(id)} became ${ROLES[state]} at term ${term}`,
  "election-started": ({ id, term }) => `${hex(id)} is starting a new election at term ${term}`,
  "campaign-refused": ({ id, term, reason }) =>
    reason === "not-promotable"
      ? `${hex(id)} is unpromotable and can not campaign`
      : `${hex(id)} cannot campaign at term ${term} with configuration changes to apply`,
  "quorum-lost": ({ id }) => `${hex(id)} stepped down to follower since quorum is not active`,

  "vote-requested": ({ id, end, type, to, term }) =>
    `${hex(id)} ${at(end)} sent ${renderType(type)} request to ${hex(to)} at term ${term}`,
  "vote-cast": (event) => answer(event, "cast", "for"),
  "vote-refused": (event) => answer(event, "rejected", "from"),
  "vote-ignored": (event) =>
    `${answer(event, "ignored", "from")}: ` +
    `lease is not expired (remaining ticks: ${event.remainingTicks})`,
  "vote-received": ({ id, type, granted, from, term }) =>
    `${hex(id)} received ${renderType(type)}${granted ? "" : " rejection"} ` +
    `from ${hex(from)} at term ${term}`,
  "votes-counted": ({ id, type, granted, refused }) =>
    `${hex(id)} has received ${granted} ${renderType(type)} votes and ${refused} vote rejections`,

  "higher-term-seen": ({ id, term, type, from, other }) =>
    `${hex(id)} [term: ${term}] received a ${renderType(type)} message with higher term ` +
    `from ${hex(from)} [term: ${other}]`,
  "lower-term-ignored": ({ id, term, type, from, other }) =>
    `${hex(id)} [term: ${term}] ignored a ${renderType(type)} message with lower term ` +
    `from ${hex(from)} [term: ${other}]`,
  "stale-write-ignored": ({ id, term, type, other }) =>
    `${hex(id)} [term: ${term}] ignored entry appends from a ${renderType(type)} message ` +
    `with lower term [term: ${other}]`,

  "conflict-found": (event) =>
    `found conflict at index ${event.at} ` +
    `[existing term: ${event.existing}, conflicting term: ${event.arriving}]`,
  "tail-replaced": ({ from }) => `replace the unstable entries from index ${from}`,
  "durable-missing": (event) => `entry at index ${event.at} missing from unstable log; ignoring`,
  "durable-mismatched": (event) =>
    `entry at (index,term)=(${event.at},${event.durable}) mismatched with ` +
    `entry at (${event.at},${event.unstable}) in unstable log; ignoring`,

  "append-refused": ({ id, from, prev, term }) =>
    `${hex(id)} ${at({ term, index: prev.index })} rejected MsgApp ${at(prev)} from ${hex(from)}`,
  "refusal-received": ({ id, from, hint, ...event }) =>
    `${hex(id)} received MsgAppResp(rejected, hint: (index ${hint.index}, term ${hint.term})) ` +
    `from ${hex(from)} for index ${event.at}`,
  "progress-decreased": ({ id, member, progress }) =>
    `${hex(id)} decreased progress of ${hex(member)} to [${renderProgress(progress)}]`,
  "reported-unreachable": ({ id, member, progress }) =>
    `${hex(id)} failed to send message to ${hex(member)} because it is unreachable ` +
    `[${renderProgress(progress)}]`,
  "replication-paused": ({ id, member, progress }) =>
    `${hex(id)} paused sending replication messages to ${hex(member)} ` +
    `[${renderProgress(progress)}]`,
  "replication-resumed": ({ id, member, progress }) =>
    `${hex(id)} recovered from needing snapshot, resumed sending replication messages ` +
    `to ${hex(member)} [${renderProgress(progress)}]`,

  "snapshot-sent": ({ id, member, firstIndex, commit, snapshot, progress }) =>
    `${hex(id)} [firstindex: ${firstIndex}, commit: ${commit}] sent ` +
    `snapshot${snapshotAt(snapshot)} to ${hex(member)} [${renderProgress(progress)}]`,
  "restore-began": ({ committed, applied, applying, unstable, snapshot }) =>
    `log [committed=${committed}, applied=${applied}, applying=${applying}, ` +
    `unstable.offset=${unstable.offset}, unstable.offsetInProgress=${unstable.inProgress}, ` +
    `len(unstable.Entries)=${unstable.count}] starts to restore snapshot ${snapshotAt(snapshot)}`,
  // By the log, and by the member that answers for it.
  "snapshot-restored": ({ id, commit, end, snapshot }) => [
    `${hex(id)} [commit: ${commit}, lastindex: ${end.index}, lastterm: ${end.term}] ` +
      `restored snapshot ${snapshotAt(snapshot)}`,
    `${hex(id)} [commit: ${commit}] restored snapshot ${snapshotAt(snapshot)}`,
  ],

  "configuration-switched": ({ id, configuration }) =>
    `${hex(id)} switched to configuration ${renderConfState(configuration)}`,
  "leave-joint-proposed": ({ configuration }) =>
    `initiating automatic transition out of joint configuration ` +
    `${renderConfState(configuration)}`,
  "conf-change-ignored": ({ id, change, configuration, reason }) =>
    `${hex(id)} ignoring conf change ${renderConfChange(change)} ` +
    `at config ${renderConfState(configuration)}: ${REASONS[reason]}`,

  "proposal-without-leader": ({ id, term }) =>
    `${hex(id)} no leader at term ${term}; dropping proposal`,
  "leader-forgotten": ({ id, leader, term }) =>
    `${hex(id)} forgetting leader ${hex(leader)} at term ${term}`,
  "forget-refused": () => "ignoring MsgForgetLeader due to ReadOnlyLeaseBased",
  "transfer-started": ({ id, term, to }) =>
    `${hex(id)} [term ${term}] starts to transfer leadership to ${hex(to)}`,
  "transfer-sent": ({ id, to }) =>
    `${hex(id)} sends MsgTimeoutNow to ${hex(to)} immediately ` +
    `as ${hex(to)} already has up-to-date log`,
  "transfer-received": ({ id, term, from }) =>
    `${hex(id)} [term ${term}] received MsgTimeoutNow from ${hex(from)} ` +
    "and starts an election to get leadership.",
};

const REASONS: Readonly<Record<EventOf<"conf-change-ignored">["reason"], string>> = {
  "another-pending": "possible unapplied conf change",
  joint: "must transition out of joint config first",
  "not-joint": "not in joint state; refusing empty conf change",
};

const TRANSITIONS: Readonly<Record<Transition, string>> = {
  auto: "ConfChangeTransitionAuto",
  implicit: "ConfChangeTransitionJointImplicit",
  explicit: "ConfChangeTransitionJointExplicit",
};

const CHANGES: Readonly<Record<ConfChangeKind, string>> = {
  "add-voter": "ConfChangeAddNode",
  "add-learner": "ConfChangeAddLearnerNode",
  remove: "ConfChangeRemoveNode",
  update: "ConfChangeUpdateNode",
};

function renderConfChange({ transition, changes }: ConfChange): string {
  const each = changes.map(({ kind, id }) => ` changes:{type:${CHANGES[kind]} node_id:${id}}`);
  return `transition:${TRANSITIONS[transition]}${each.join("")}`;
}
