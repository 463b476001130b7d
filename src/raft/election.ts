// Elections (Raft §5.2, §5.4.1) with PreVote and the leader's lease (thesis §9.6, §6.4.1).

import { NONE, term } from "../std/ids.ts";
import type { Message } from "./message.ts";
import type { VoteResult } from "./quorum.ts";
import { entriesHold } from "./replication.ts";
import type { CampaignKind, RaftState } from "./state.ts";
import type { VoteRequest, VoteResponse } from "./trace.ts";

const utf8 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
/** Marks a vote request that breaks the lease: the leader itself asked for the election. */
const TRANSFER = utf8("transfer");
const isTransfer = (context: Uint8Array | undefined): boolean =>
  context !== undefined &&
  context.length === TRANSFER.length &&
  context.every((byte, i) => byte === TRANSFER[i]);

/** Begins an election, unless this member could not serve if it won. */
export function hup(raft: RaftState, kind: CampaignKind): void {
  if (raft.state === "leader") return;
  const { id, term: now } = raft;
  if (!raft.isPromotable) {
    raft.trace({ kind: "campaign-refused", id, term: now, reason: "not-promotable" });
  } else if (hasUnappliedConfChange(raft)) {
    raft.trace({ kind: "campaign-refused", id, term: now, reason: "conf-change-not-applied" });
  } else {
    raft.trace({ kind: "election-started", id, term: now });
    campaign(raft, kind);
  }
}

/** A member that may already be voted out must apply that first. */
function hasUnappliedConfChange(raft: RaftState): boolean {
  const { applied, committed } = raft.log;
  return (
    committed > applied && entriesHold(raft, applied, committed, ({ kind }) => kind !== "normal")
  );
}

export function campaign(raft: RaftState, kind: CampaignKind): void {
  if (kind === "pre-election") raft.becomePreCandidate();
  else raft.becomeCandidate();
  // A pre-vote asks for the next term without entering it.
  const asked = kind === "pre-election" ? term(raft.term + 1) : raft.term;
  const [type, response] =
    kind === "pre-election"
      ? (["pre-vote", "pre-vote-resp"] as const)
      : (["vote", "vote-resp"] as const);
  for (const id of raft.tracker.voters()) {
    // Our own vote counts once it is durable, like everyone's.
    if (id === raft.id) {
      raft.send({ type: response, to: id, term: asked });
      continue;
    }
    const { end } = raft.log;
    raft.trace({ kind: "vote-requested", id: raft.id, term: raft.term, type, to: id, end });
    raft.send({
      type,
      to: id,
      term: asked,
      index: end.index,
      logTerm: end.term,
      ...(kind === "transfer" ? { context: TRANSFER } : {}),
    });
  }
}

/** While a leader was heard of within an election time-out, others' campaigns are not answered. */
export function isInLease(raft: RaftState, m: VoteRequestMessage): boolean {
  const remainingTicks = raft.config.electionTicks - raft.electionElapsed;
  const isLeased =
    raft.config.checkQuorum === true &&
    raft.leader !== NONE &&
    remainingTicks > 0 &&
    !isTransfer(m.context);
  if (isLeased) raft.trace({ kind: "vote-ignored", ...voteAnswer(raft, m), remainingTicks });
  return isLeased;
}

type VoteRequestMessage = Message & { readonly type: VoteRequest };
export type VoteResponseMessage = Message & { readonly type: VoteResponse };

export const isVoteRequest = (m: Message): m is VoteRequestMessage =>
  m.type === "vote" || m.type === "pre-vote";

export const isVoteResponse = (m: Message): m is VoteResponseMessage =>
  m.type === "vote-resp" || m.type === "pre-vote-resp";

function voteAnswer(raft: RaftState, m: VoteRequestMessage) {
  const { id, vote } = raft;
  const asked = { index: m.index, term: m.logTerm };
  return { id, term: raft.term, type: m.type, from: m.from, vote, end: raft.log.end, asked };
}

export function handleVoteRequest(raft: RaftState, m: VoteRequestMessage): void {
  const isPre = m.type === "pre-vote";
  const canVote =
    raft.vote === m.from ||
    (raft.vote === NONE && raft.leader === NONE) ||
    (isPre && m.term > raft.term);
  const type = isPre ? "pre-vote-resp" : "vote-resp";
  if (!(canVote && raft.log.isUpToDate(m.index, m.logTerm))) {
    raft.send({ type, to: m.from, term: raft.term, reject: true, ...knownCommit(raft) });
    raft.trace({ kind: "vote-refused", ...voteAnswer(raft, m) });
    return;
  }
  // The asked term: a pre-candidate ignores answers of another one.
  raft.send({ type, to: m.from, term: m.term });
  raft.trace({ kind: "vote-cast", ...voteAnswer(raft, m) });
  if (isPre) return;
  raft.electionElapsed = 0;
  raft.vote = m.from;
}

function knownCommit({ config, log }: RaftState): Partial<Message> {
  if (config.shareCommitInVotes !== true) return {};
  return { commit: log.committed, logTerm: log.termOr0(log.committed) };
}

/**
 * A refusal tells of a committed entry, which is so whatever the terms: if this log has it, it is
 * committed here too. What it changes of the configuration must be applied
 * before the next campaign.
 */
export function learnCommit(raft: RaftState, { commit, logTerm }: Message): void {
  const { config, log, state } = raft;
  if (config.shareCommitInVotes !== true || state === "leader") return;
  if (!log.maybeCommit(commit, logTerm)) return;
  if (state !== "follower" && hasUnappliedConfChange(raft)) raft.becomeFollower(raft.term, NONE);
}

/** A candidate counts an answer. */
export function poll(raft: RaftState, { from, type, reject }: VoteResponseMessage): VoteResult {
  const { id, term: now, tracker } = raft;
  raft.trace({ kind: "vote-received", id, term: now, type, from, granted: !reject });
  tracker.recordVote(from, !reject);
  raft.trace({ kind: "votes-counted", id, type, ...tracker.countVotes() });
  return tracker.voteResult();
}
