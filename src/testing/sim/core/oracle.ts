// What must hold at every step, whatever happens: the properties of Raft's Figure 3, of durability
// and of linearizable reads. It sees all members at once; they never see it.

import type { Message } from "../../../raft/message.ts";
import type { BasicStatus } from "../../../raft/raw-node.ts";
import type { ConfState, Entry, HardState } from "../../../raft/types.ts";
import { type Index, index, type NodeId, type Term } from "../../../std/ids.ts";
import type { MemoryDisk } from "../../../storage/memory.ts";
import { chained, dataHash } from "./chain-machine.ts";

/** The term at an index of one member's log, where it has it. */
export type LogTerms = (at: number) => Term | undefined;

export type ReportViolation = (law: string, detail: string) => void;

/** One applied place of the group's log. */
interface Committed {
  readonly term: Term;
  readonly data: number;
  /** Hash of the machine after it. */
  readonly chain: number;
  /** Of the member that applied it first: it was committed in this term or before. */
  readonly knownInTerm: Term;
}

export class Oracle {
  readonly #violation: ReportViolation;
  readonly #leaders = new Map<Term, NodeId>();
  /** `member term` -> whom it told that it votes for it. */
  readonly #votes = new Map<string, NodeId>();
  /** `member term` -> the vote that its disk held. */
  readonly #durableVotes = new Map<string, NodeId>();
  /** `term index` -> hash of the data, and the term before it. */
  readonly #entries = new Map<string, { readonly data: number; readonly previous: Term }>();
  /** Index i stands at i - 1. */
  readonly #committed: Committed[] = [];
  readonly #hardStates = new Map<NodeId, HardState>();

  constructor(violation: ReportViolation) {
    this.#violation = violation;
  }

  /** The highest index that any member ever applied: what a read must not fall behind. */
  get applied(): Index {
    return index(this.#committed.length);
  }

  /** Election safety: at most one leader in a term (Raft §5.2). */
  leader(term: Term, id: NodeId): void {
    const known = this.#leaders.get(term);
    if (known === undefined) this.#leaders.set(term, id);
    else if (known !== id) {
      this.#violation("election safety (§5.2)", `term ${term}: ${known} and ${id}`);
    }
  }

  /** A majority's votes stand behind a leader, its own among the durable ones (Fig. 2). */
  elected(leader: BasicStatus, disks: ReadonlyMap<NodeId, MemoryDisk>): void {
    const { id, confState, hardState } = leader;
    if (!halves(confState).some((half) => half.includes(id))) {
      this.#violation("only voters stand for election (thesis §4.2.1)", `${id}`);
    }
    const stands = (member: NodeId): boolean => {
      const key = `${member} ${hardState.term}`;
      if (this.#durableVotes.get(key) === id) return true;
      // Written together with a later term, the vote itself was never on the disk alone.
      const isPast = (disks.get(member)?.hardState.term ?? 0) > hardState.term;
      return isPast && (member === id || this.#votes.get(key) === id);
    };
    for (const half of halves(confState)) {
      const count = half.filter(stands).length;
      if (half.length > 0 && count * 2 <= half.length) {
        this.#violation("a majority voted for a leader (§5.2)", `${id} in ${hardState.term}`);
      }
    }
  }

  /** Leader completeness: what was committed is in every later leader's log (§5.4.3). */
  leaderLog(leader: BasicStatus, firstIndex: number, terms: LogTerms): void {
    const { id, hardState } = leader;
    for (let at = firstIndex; at <= this.#committed.length; at++) {
      const committed = this.#committed[at - 1];
      // Who won an earlier term late owes nothing to what a later one committed.
      if (committed === undefined || committed.knownInTerm >= hardState.term) return;
      if (terms(at) === committed.term) continue;
      this.#violation("leader completeness (§5.4)", `${id} lacks committed ${at}`);
      return;
    }
  }

  /** Log matching, by induction: an index and a term name one entry, after one term (§5.3). */
  entry(entry: Entry, previous: Term | undefined): void {
    if (previous === undefined) return;
    const key = `${entry.term} ${entry.index}`;
    const data = dataHash(entry.data);
    const known = this.#entries.get(key);
    if (known === undefined) this.#entries.set(key, { data, previous });
    else if (known.data !== data || known.previous !== previous) {
      this.#violation("log matching (§5.3)", `two entries at term and index ${key}`);
    }
  }

  /** State machine safety: one entry at one index, on every member (§5.4.3). */
  apply(id: NodeId, entry: Entry, inTerm: Term): void {
    const at = entry.index;
    const data = dataHash(entry.data);
    if (at > this.#committed.length + 1) {
      this.#violation("applied in order", `${id} skips to ${at}`);
      return;
    }
    const known = this.#committed[at - 1];
    if (known === undefined) {
      const chain = chained(this.#committed[at - 2]?.chain ?? 0, entry);
      this.#committed.push({ term: entry.term, data, chain, knownInTerm: inTerm });
    } else if (known.term !== entry.term || known.data !== data) {
      this.#violation("state machine safety (§5.4)", `${id} applies another entry at ${at}`);
    }
  }

  /** Equal logs give equal states, snapshots included. */
  state(id: NodeId, applied: Index, hash: number): void {
    const expected = applied === 0 ? 0 : this.#committed[applied - 1]?.chain;
    if (hash !== expected) this.#violation("equal states", `${id} at ${applied}`);
  }

  /** Of one process: its term, commit and applied never go back, and never overtake each other. */
  progress(before: BasicStatus, after: BasicStatus): void {
    const { id } = after;
    if (after.hardState.term < before.hardState.term) {
      this.#violation("terms only grow", `${id}`);
    }
    if (after.hardState.commit < before.hardState.commit) {
      this.#violation("commit only grows", `${id}`);
    }
    if (after.applied < before.applied) this.#violation("applied only grows", `${id}`);
    if (after.applied > after.hardState.commit || after.hardState.commit > after.lastIndex) {
      this.#violation("applied ≤ commit ≤ last", `${id}`);
    }
  }

  /** What a disk holds of term, vote and commit survives restarts, and is not taken back. */
  hardState(id: NodeId, hard: HardState): void {
    const known = this.#hardStates.get(id);
    this.#hardStates.set(id, hard);
    if (hard.vote !== 0) this.#durableVotes.set(`${id} ${hard.term}`, hard.vote);
    if (known === undefined) return;
    if (hard.term < known.term) this.#violation("durable terms only grow", `${id}`);
    if (hard.term === known.term && known.vote !== 0 && hard.vote !== known.vote) {
      this.#violation("a vote is not taken back", `${id} in term ${hard.term}`);
    }
  }

  /** Promises stand on what is durable: votes and acknowledgements (Fig. 2). */
  send(message: Message, disk: MemoryDisk, leaderHas: Term | undefined): void {
    const { type, from, term, reject } = message;
    if (type === "vote-resp" && !reject) this.#vote(message, disk.hardState);
    if (type !== "app-resp") return;
    if (disk.hardState.term < term) {
      this.#violation("a term is durable before it is answered in", `${from} in term ${term}`);
    }
    // Two writes may become durable as one: then the first one's answer is of a log
    // that has passed.
    const isOfNow = term >= disk.hardState.term;
    if (isOfNow && !reject) this.#acknowledgement(message, disk, leaderHas);
  }

  #vote({ from, to, term }: Message, hard: HardState): void {
    const key = `${from} ${term}`;
    const known = this.#votes.get(key);
    this.#votes.set(key, to);
    if (known !== undefined && known !== to) {
      this.#violation("one vote in a term (§5.2)", `${from} in ${term}: ${known} and ${to}`);
    }
    if (hard.term < term || (hard.term === term && hard.vote !== to)) {
      this.#violation("a vote is durable before it is given", `${from} in term ${term}`);
    }
  }

  #acknowledgement(message: Message, disk: MemoryDisk, leaderHas: Term | undefined): void {
    const { from, to, index: at } = message;
    if (lastDurable(disk) < at) {
      this.#violation("an append is durable before it is acknowledged", `${from}`);
    } else if (!isDurable(disk, at, leaderHas)) {
      this.#violation("what is acknowledged is what the leader has", `${from} to ${to}`);
    }
  }

  /** A leader commits what a majority holds, of its own term (§5.3, §5.4.2). */
  leaderCommits(
    status: BasicStatus,
    term: Term | undefined,
    disks: ReadonlyMap<NodeId, MemoryDisk>,
  ): void {
    const { hardState, confState, id } = status;
    if (term !== undefined && term !== hardState.term) {
      this.#violation("only entries of the own term are committed by counting (§5.4.2)", `${id}`);
    }
    const holds = (member: NodeId): boolean => {
      const disk = disks.get(member);
      return disk !== undefined && isDurable(disk, hardState.commit, term);
    };
    for (const half of halves(confState)) {
      const count = half.filter(holds).length;
      if (half.length > 0 && count * 2 <= half.length) {
        this.#violation("a majority holds what is committed", `${id} at ${hardState.commit}`);
      }
    }
  }

  /** A read that was asked for after `lowest` was applied somewhere sees it (thesis §6.4). */
  read(id: NodeId, lowest: Index, answered: Index): void {
    if (answered >= lowest) return;
    this.#violation("reads are linearizable (thesis §6.4)", `${id}: ${answered} after ${lowest}`);
  }
}

const halves = ({ voters, votersOutgoing }: ConfState): readonly (readonly NodeId[])[] => [
  voters,
  votersOutgoing,
];

const lastDurable = (disk: MemoryDisk): number => disk.snapshot.index + disk.entries.length;

function isDurable(disk: MemoryDisk, at: Index, term: Term | undefined): boolean {
  if (at <= disk.snapshot.index) return true;
  const entry = disk.entries[at - disk.snapshot.index - 1];
  return entry !== undefined && (term === undefined || entry.term === term);
}
