// Elections (Raft §5.2, §5.4.1) with PreVote and the leader's lease (thesis §9.6, §6.4.1).

import { NONE, type NodeId, term } from "../std/ids.ts";
import { APPEND_THREAD, type Message } from "./message.ts";
import { entriesHold } from "./replication.ts";
import type { CampaignKind, RaftState } from "./state.ts";

const utf8 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
/** Marks a vote request that breaks the lease: the leader itself asked for the election. */
const TRANSFER = utf8("transfer");
const isTransfer = (context: Uint8Array | undefined): boolean =>
  context !== undefined &&
  context.length === TRANSFER.length &&
  context.every((byte, i) => byte === TRANSFER[i]);

/** Begins an election, unless this member could not serve if it won. */
export function hup(raft: RaftState, kind: CampaignKind): void {
  if (raft.state === "leader" || !raft.isPromotable) return;
  if (hasUnappliedConfChange(raft)) return;
  campaign(raft, kind);
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
    if (id === raft.id) raft.send({ type: response, to: id, term: asked });
    else {
      raft.send({
        type,
        to: id,
        term: asked,
        index: raft.log.lastIndex,
        logTerm: raft.log.lastTerm,
        ...(kind === "transfer" ? { context: TRANSFER } : {}),
      });
    }
  }
}

/** While a leader was heard of within an election time-out, others' campaigns are not answered. */
export function isInLease(raft: RaftState, m: Message): boolean {
  return (
    raft.config.checkQuorum === true &&
    raft.leader !== NONE &&
    raft.electionElapsed < raft.config.electionTicks &&
    !isTransfer(m.context)
  );
}

export function handleVoteRequest(raft: RaftState, m: Message): void {
  const isPre = m.type === "pre-vote";
  const canVote =
    raft.vote === m.from ||
    (raft.vote === NONE && raft.leader === NONE) ||
    (isPre && m.term > raft.term);
  const type = isPre ? "pre-vote-resp" : "vote-resp";
  if (!(canVote && raft.log.isUpToDate(m.index, m.logTerm))) {
    raft.send({ type, to: m.from, term: raft.term, reject: true });
    raft.trace({ kind: "vote-refused", id: raft.id, for: m.from, term: raft.term });
    return;
  }
  // The asked term: a pre-candidate ignores answers of another one.
  raft.send({ type, to: m.from, term: m.term });
  raft.trace({ kind: "vote-cast", id: raft.id, for: m.from, term: m.term });
  if (isPre) return;
  raft.electionElapsed = 0;
  raft.vote = m.from;
}

/** A candidate counts an answer. `onWon` is told, not called back into another room. */
export function poll(raft: RaftState, from: NodeId, granted: boolean): "won" | "lost" | "pending" {
  raft.tracker.recordVote(from, granted);
  return raft.tracker.voteResult();
}

/**
 * Lower terms get no answer, but for those who could otherwise be stuck behind a lease
 * or a pre-vote.
 */
export function handleLowerTerm(raft: RaftState, m: Message): void {
  const { checkQuorum, preVote } = raft.config;
  if ((checkQuorum === true || preVote === true) && (m.type === "heartbeat" || m.type === "app")) {
    raft.send({ type: "app-resp", to: m.from });
  } else if (m.type === "pre-vote") {
    raft.send({ type: "pre-vote-resp", to: m.from, term: raft.term, reject: true });
  } else if (
    m.type === "storage-append-resp" &&
    m.snapshot !== undefined &&
    m.from === APPEND_THREAD
  ) {
    raft.log.unstable.stableSnapTo(m.snapshot.index);
  }
}
