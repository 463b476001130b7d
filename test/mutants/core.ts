// What tests, conformance scripts and the core profile must kill between them;
// most of it the simulator alone.

import type { Catalogue, Mutant } from "./mutant.ts";

const CONF = "src/raft/conf-change.ts";
const ELECTION = "src/raft/election.ts";
const LOG = "src/raft/log.ts";
const QUORUM = "src/raft/quorum.ts";
const READY = "src/raft/ready.ts";
const REPLICATION = "src/raft/replication.ts";
const LEADER = "src/raft/role-leader.ts";
const STATE = "src/raft/state.ts";
const STEP = "src/raft/step.ts";
const UNSTABLE = "src/raft/unstable.ts";

const durability: readonly Mutant[] = [
  {
    name: "a vote in a known term is not written",
    breaks: "Fig. 2",
    file: READY,
    find: "  a.term === b.term && a.vote === b.vote && a.commit === b.commit;",
    replace: "  a.term === b.term && a.commit === b.commit;",
  },
  {
    name: "a write carries no vote",
    breaks: "Fig. 2",
    file: READY,
    find: "{ term: hardState.term, vote: hardState.vote, commit: hardState.commit }",
    replace: "{ term: hardState.term, commit: hardState.commit }",
  },
  {
    name: "an append is acknowledged before it is durable",
    breaks: "Fig. 2",
    file: STATE,
    find: "    if (isPromise(out)) this.afterAppend.push(out);",
    replace:
      '    if (isPromise(out) && (out.type !== "app-resp" || out.to === this.id))\n' +
      "      this.afterAppend.push(out);",
  },
  {
    name: "a vote is given before it is durable",
    breaks: "Fig. 2",
    file: STATE,
    find: "    if (isPromise(out)) this.afterAppend.push(out);",
    replace:
      '    if (isPromise(out) && (out.type !== "vote-resp" || out.to === this.id))\n' +
      "      this.afterAppend.push(out);",
  },
  {
    name: "a leader counts itself before its own write is durable",
    breaks: "thesis §10.2.1",
    file: STATE,
    find: `    this.send({ type: "app-resp", to: this.id, index: last });`,
    replace:
      `    this.send({ type: "app-resp", to: this.id, index: last });\n` +
      "    this.tracker.progress.get(this.id)?.maybeUpdate(last);",
  },
  {
    name: "a candidate counts its own vote before it is durable",
    breaks: "Fig. 2",
    file: ELECTION,
    find: "      raft.send({ type: response, to: id, term: asked });\n      continue;",
    replace:
      "      raft.tracker.recordVote(id, true);\n" +
      "      raft.send({ type: response, to: id, term: asked });\n      continue;",
  },
  {
    name: "a write of an earlier term counts for what stands there now",
    breaks: "async writes",
    file: UNSTABLE,
    find: "if (at < this.offset || this.term(at) !== term) return;",
    replace: "if (at < this.offset || this.term(at) === undefined) return;",
    also: [
      {
        file: STEP,
        find: "  else if (found === end.term) unstable.stableTo(at, found);",
        replace: "  else if (found !== undefined) unstable.stableTo(at, found);",
      },
      {
        file: STEP,
        find: `raft.trace({ kind: "stale-write-ignored", ...otherTerm(raft, m) });`,
        replace: "entriesStored(raft, { index: m.index, term: m.logTerm });",
      },
    ],
  },
  {
    name: "what replaced a tail that was being written is not written",
    breaks: "async writes",
    file: UNSTABLE,
    find: "    this.inProgress = index(Math.min(this.inProgress, from));",
    replace: "",
  },
];

const elections: readonly Mutant[] = [
  {
    name: "two votes in one term",
    breaks: "§5.2",
    file: ELECTION,
    find: "    (raft.vote === NONE && raft.leader === NONE) ||",
    replace: "    raft.leader === NONE ||",
  },
  {
    name: "stepping down forgets the vote",
    breaks: "§5.2",
    file: STATE,
    find: "    if (this.term !== to) {\n      this.term = to;",
    replace: "    {\n      this.term = to;",
  },
  {
    name: "any log is good enough for a vote",
    breaks: "§5.4.1",
    file: LOG,
    find: "return ofTerm > own || (ofTerm === own && at >= this.lastIndex);",
    replace: "return ofTerm >= 0 || own >= at;",
  },
  {
    name: "the longer log wins, whatever its term",
    breaks: "§5.4.1",
    file: LOG,
    find: "return ofTerm > own || (ofTerm === own && at >= this.lastIndex);",
    replace: "return at >= this.lastIndex || (ofTerm > own && own < 0);",
  },
  {
    name: "half of the votes elect",
    breaks: "§5.2",
    file: QUORUM,
    find: "const needed = Math.floor(voters.size / 2) + 1;",
    replace: "const needed = Math.ceil(voters.size / 2);",
  },
  {
    name: "in a joint configuration the new half alone elects",
    breaks: "thesis §4.3",
    file: QUORUM,
    find: "  if (incoming === outgoing) return incoming;",
    replace:
      "  if (incoming !== undefined) return incoming;\n" +
      "  if (incoming === outgoing) return incoming;",
  },
  {
    name: "an answer of an earlier term counts",
    breaks: "§5.1",
    file: STEP,
    find: "} else if (m.term !== 0 && m.term < raft.term) {",
    replace:
      '} else if (m.term !== 0 && m.term < raft.term && m.type !== "app-resp" &&\n' +
      '    m.type !== "vote-resp") {',
  },
  {
    name: "a member campaigns with a change of members that it has not applied",
    breaks: "thesis §4.2.2",
    file: ELECTION,
    find: "} else if (hasUnappliedConfChange(raft)) {",
    replace: "} else if (raft.term < 0) {",
  },
  {
    name: "a learner may campaign",
    breaks: "thesis §4.2.1",
    file: STATE,
    find: "return own !== undefined && !own.isLearner && this.log.unstable.snapshot === undefined;",
    replace: "return own !== undefined && this.log.unstable.snapshot === undefined;",
  },
  {
    name: "a vote request breaks a leader's lease",
    breaks: "thesis §6.4.1",
    file: STEP,
    find: "if (isVoteRequest(m) && isInLease(raft, m)) return false;",
    replace: "if (isVoteRequest(m) && raft.term < 0 && isInLease(raft, m)) return false;",
  },
  {
    name: "a refused vote does not tell the commit",
    breaks: "decision 5",
    file: ELECTION,
    find: "  return { commit: log.committed, logTerm: log.termOr0(log.committed) };",
    replace: "  return { commit: log.applied, logTerm: log.termOr0(log.applied), reject: true };",
    also: [
      {
        file: ELECTION,
        find: "  if (!log.maybeCommit(commit, logTerm)) return;",
        replace: "  if (commit >= 0 || !log.maybeCommit(commit, logTerm)) return;",
      },
    ],
  },
  {
    name: "a pre-vote enters the next term",
    breaks: "thesis §9.6",
    file: ELECTION,
    find: `  if (kind === "pre-election") raft.becomePreCandidate();`,
    replace: `  if (kind === "pre-election" && raft.term < 0) raft.becomePreCandidate();`,
  },
];

const replication: readonly Mutant[] = [
  {
    name: "an entry of an earlier term is committed by counting",
    breaks: "§5.4.2",
    file: REPLICATION,
    find: "  return raft.log.maybeCommit(at, raft.term);",
    replace: "  return raft.log.maybeCommit(at, raft.log.termOr0(at));",
  },
  {
    name: "half of the members commit",
    breaks: "§5.3",
    file: QUORUM,
    find: "return index(sorted[Math.floor(voters.size / 2)] ?? 0);",
    replace: "return index(sorted[Math.floor((voters.size - 1) / 2)] ?? 0);",
  },
  {
    name: "in a joint configuration the new half alone commits",
    breaks: "thesis §4.3",
    file: QUORUM,
    find: "  return incoming < outgoing ? incoming : outgoing;",
    replace: "  return incoming < outgoing || incoming < Infinity ? incoming : outgoing;",
  },
  {
    name: "learners count for a commit",
    breaks: "thesis §4.2.1",
    file: REPLICATION,
    find: "const at = jointCommittedIndex(raft.tracker.config, (id)",
    replace:
      "const incoming = new Set(raft.tracker.progress.keys());\n" +
      "  const at = jointCommittedIndex({ incoming, outgoing: new Set() }, (id)",
  },
  {
    name: "an append is taken wherever it fits by length",
    breaks: "§5.3",
    file: LOG,
    find: "    if (!this.matchTerm(prev.index, prev.term)) return undefined;\n    const last",
    replace: "    if (prev.index > this.lastIndex) return undefined;\n    const last",
  },
  {
    name: "an old append truncates what came after it",
    breaks: "§5.3",
    file: LOG,
    find: "const skipped = entries.findIndex((entry) => !this.matchTerm(entry.index, entry.term));",
    replace: "const skipped = entries.findIndex((entry) => entry.index > this.committed);",
  },
  {
    name: "a follower commits what it may not have from this leader",
    breaks: "§5.3",
    file: REPLICATION,
    find: "raft.log.commitTo(index(Math.min(m.commit, last)));",
    replace: "raft.log.commitTo(index(Math.min(m.commit, raft.log.lastIndex)));",
  },
  {
    name: "a heartbeat tells a commit that its receiver may not have",
    breaks: "§5.3",
    file: REPLICATION,
    find: "const commit = index(Math.min(progress.match, raft.log.committed));",
    replace: "const commit = index(Math.max(0, raft.log.committed));",
  },
  {
    name: "a follower acknowledges its whole log",
    breaks: "§5.3",
    file: REPLICATION,
    find: `    raft.send({ type: "app-resp", to: m.from, index: last });`,
    replace: `    raft.send({ type: "app-resp", to: m.from, index: raft.log.lastIndex });`,
  },
  {
    name: "a new leader appends no entry of its own",
    breaks: "§8",
    file: STATE,
    find: `this.appendEntries([{ kind: "normal", data: new Uint8Array(0) }]);`,
    replace: "this.appendEntries([]);",
  },
  {
    name: "what was uncommitted counts for ever",
    breaks: "flow control",
    file: STATE,
    find: "    this.uncommittedBytes = Math.max(0, this.uncommittedBytes - bytes);",
    replace: "    this.uncommittedBytes = Math.max(this.uncommittedBytes, 0 * bytes);",
  },
  {
    name: "entries are applied before they are committed",
    breaks: "§5.3",
    file: LOG,
    find: "    return index(Math.min(this.committed, this.unstable.offset - 1));",
    replace: "    return index(Math.max(this.committed, this.unstable.offset - 1));",
  },
];

const others: readonly Mutant[] = [
  {
    name: "no snapshot is sent where the log has been cut",
    breaks: "§7",
    file: REPLICATION,
    find: "  if (!prevTerm.ok) return sendSnapshot(raft, to, progress);",
    replace: "  if (!prevTerm.ok) return false;",
  },
  {
    name: "a snapshot that knows less is installed",
    breaks: "§7",
    file: "src/raft/snapshot.ts",
    find: `if (snapshot.index <= raft.log.committed || raft.state !== "follower") return false;`,
    replace: `if (snapshot.index <= 0 || raft.state !== "follower") return false;`,
  },
  {
    name: "the log after a snapshot begins at its last entry",
    breaks: "§7",
    file: UNSTABLE,
    find: "    this.offset = index(snapshot.index + 1);",
    replace: "    this.offset = index(snapshot.index);",
  },
  {
    name: "two changes of members at once",
    breaks: "thesis §4.1",
    file: LEADER,
    find: `  if (raft.pendingConfIndex > raft.log.applied) return "another-pending";`,
    replace: "",
  },
  {
    name: "a new leader does not expect a change of members in its log",
    breaks: "thesis §4.1",
    file: STATE,
    find: "    this.pendingConfIndex = this.log.lastIndex;",
    replace: "",
  },
  {
    name: "a voter that becomes a learner is lost on the way",
    breaks: "thesis §4.3",
    file: CONF,
    find: "    if (this.outgoing.has(id)) this.learnersNext.add(id);",
    replace: "    if (this.outgoing.has(id)) this.learnersNext.delete(id);",
  },
  {
    name: "a joint configuration is never left by itself",
    breaks: "thesis §4.3",
    file: STEP,
    find: "  if (isDue && raft.log.applied >= raft.pendingConfIndex) proposeLeaveJoint(raft);",
    replace: "  if (isDue && raft.log.applied < 0) proposeLeaveJoint(raft);",
  },
  {
    name: "reads are answered without asking anybody",
    breaks: "thesis §6.4",
    file: LEADER,
    find: `  if (isAlone || raft.config.readOnlyOption === "lease-based") {`,
    replace: "  if (isAlone || raft.readOnly !== undefined) {",
  },
  {
    name: "a new leader answers reads before it committed anything",
    breaks: "thesis §6.4",
    file: LEADER,
    find: "  if (hasCommittedInTerm(raft)) askReadQuorum(raft, m);\n  else",
    replace: "  if (raft.term >= 0) askReadQuorum(raft, m);\n  else",
  },
  {
    name: "one acknowledgement confirms a read",
    breaks: "thesis §6.4",
    file: LEADER,
    find: `    return jointVoteResult(raft.tracker.config, votes) === "won";`,
    replace: "    return votes.size > 0;",
  },
  {
    name: "an acknowledgement of a heartbeat confirms later reads too",
    breaks: "thesis §6.4",
    file: "src/raft/read-only.ts",
    find: "      if (read.position > position) break;",
    replace: "      if (read.position > position + 1e9) break;",
  },
  {
    name: "a transfer of leadership is never given up",
    breaks: "thesis §3.10",
    file: "src/raft/raw-node.ts",
    find:
      "      // A transfer that took an election time-out is given up.\n" +
      "      raft.transferee = NONE;\n      // What",

    replace: "      // What",
  },
];

export const core: Catalogue = {
  profile: "core",
  seeds: 800,
  tests: ["test/raft", "test/replica"],
  mutants: [...durability, ...elections, ...replication, ...others],
};
