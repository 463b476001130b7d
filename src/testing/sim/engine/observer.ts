// Sees every node from outside, now and then: what it committed, applied and keeps, and whether
// that agrees with the others and with its own past. It is no member: nothing that it knows
// reaches one.

import type { Topology } from "../../../cluster/machine/state.ts";
import { GroupMachine } from "../../../node/group-machine.ts";
import { decodeConfChange } from "../../../raft/codec.ts";
import type { Entry } from "../../../raft/types.ts";
import { decodeEntry } from "../../../replica/entry-codec.ts";
import { type Index, index, type NodeId } from "../../../std/ids.ts";
import type { LogStore } from "../../../storage/port.ts";
import { stateHash } from "../../../workflow/machine/snapshot.ts";
import { chained } from "../core/chain-machine.ts";
import { Witness } from "../workflow/witness.ts";
import { insideOf, type Place, type Process } from "./place.ts";

/** What one process has shown so far. */
interface Seen {
  term: number;
  commit: number;
  applied: number;
  /** Its log up to here is known to be the group's. */
  checked: number;
}

/** What one disk holds for certain. */
interface Durable {
  readonly term: number;
  readonly vote: number;
  readonly commit: number;
  readonly last: number;
  readonly lastTerm: number;
}

export interface ObserverParts {
  readonly lifeOf: (nonce: string) => number | undefined;
  readonly mark: (what: string) => void;
  readonly violation: (law: string, detail: string) => void;
}

/** A state is compared at one look of so many: it costs as much as the state is large. */
const COMPARE_EVERY = 8;

export class Observer {
  /** What the group agreed on, as far as any node has applied it. */
  readonly machine: GroupMachine = new GroupMachine("1");
  readonly witness: Witness;
  readonly voters: Set<NodeId> = new Set();
  readonly learners: Set<NodeId> = new Set();
  /** Index of the last change of the configuration. */
  changedAt = 0;
  applied = 0;
  readonly #parts: ObserverParts;
  /** Of each committed entry. */
  readonly #hashes: number[] = [0];
  readonly #seen = new WeakMap<Process, Seen>();
  readonly #durable = new Map<Place, Durable>();
  #looks = 0;

  constructor(parts: ObserverParts) {
    this.#parts = parts;
    const { lifeOf, mark, violation } = parts;
    this.witness = new Witness({ lifeOf, mark, violation, state: this.machine.workflows });
  }

  look(place: Place): void {
    const { process } = place;
    if (process?.store === undefined) return;
    this.#durable.set(place, durableOf(process.store));
    const { store } = process;
    const inside = insideOf(process);
    if (inside === undefined) return;
    const { applied, commit, term } = inside;
    const seen = this.#seen.get(process) ?? { term: 0, commit: 0, applied: 0, checked: 0 };
    this.#seen.set(process, seen);
    const isMonotone = term >= seen.term && commit >= seen.commit && applied >= seen.applied;
    if (!isMonotone || applied > commit) {
      const now = `term ${term} commit ${commit} applied ${applied}`;
      this.#parts.violation("term, commit and applied only grow", `${place.name}: ${now}`);
    }
    Object.assign(seen, { term, commit, applied });
    seen.checked = this.#follow(place, store, { from: seen.checked, to: applied });
    if (applied === this.applied && this.#looks++ % COMPARE_EVERY === 0) this.compare(place);
  }

  /** What it lets go of is committed: it is seen now, or never. */
  beforeCut(place: Place, store: LogStore, upTo: Index): void {
    this.#follow(place, store, { from: 0, to: upTo });
  }

  /** Equal logs give equal states. False: it is not as far. */
  compare(place: Place): boolean {
    const inside = place.process === undefined ? undefined : insideOf(place.process);
    if (inside?.applied !== this.applied) return false;
    const { machine } = inside;
    const isEqual =
      stateHash(machine.workflows) === stateHash(this.machine.workflows) &&
      topologyText(machine.topology) === topologyText(this.machine.topology);
    if (!isEqual) {
      const detail = `${place.name} at ${this.applied}`;
      this.#parts.violation("equal logs give equal states", detail);
    }
    return true;
  }

  /** What user code sees is what the engine has, once all messages between them have come. */
  mirrors({ process }: Place): boolean {
    const { engineEnd, running } = process ?? {};
    if (engineEnd === undefined || running === undefined) return true;
    if (engineEnd.bases > 0) this.#parts.mark("a mirror goes on from a base");
    const { machine } = engineEnd.engine;
    return (
      stateHash(running.machine.workflows) === stateHash(machine.workflows) &&
      topologyText(running.machine.topology) === topologyText(machine.topology)
    );
  }

  /** Its disk has all that anybody is known to have applied. */
  holdsAll(place: Place): boolean {
    return (this.#durable.get(place)?.last ?? 0) >= this.applied;
  }

  /** Its disk is another one now: what the old one had promised nobody asks of it. */
  forget(place: Place): void {
    this.#durable.delete(place);
  }

  /** Its process has, or else its disk, that the last change of the configuration is committed. */
  knowsMembers(place: Place): boolean {
    const { process } = place;
    const seen = process === undefined ? undefined : this.#seen.get(process);
    const durable = this.#durable.get(place)?.commit ?? 0;
    return Math.max(seen?.commit ?? 0, durable) >= this.changedAt;
  }

  /** A new process has read what its disk holds: it must be what was promised. */
  opened(place: Place, store: LogStore): void {
    const before = this.#durable.get(place);
    const now = durableOf(store);
    if (before === undefined) return;
    const isKept =
      now.term >= before.term &&
      (now.term > before.term || before.vote === 0 || now.vote === before.vote) &&
      now.commit >= before.commit &&
      (now.lastTerm > before.lastTerm ||
        (now.lastTerm === before.lastTerm && now.last >= before.last));
    if (isKept) return;
    const detail = `${place.name}: ${JSON.stringify(before)}, then ${JSON.stringify(now)}`;
    this.#parts.violation("what was durable is there after a restart", detail);
  }

  #follow(
    { name }: Place,
    store: LogStore,
    { from, to }: { readonly from: number; readonly to: number },
  ): number {
    const first = Math.max(from + 1, store.firstIndex());
    const last = Math.min(to, store.lastIndex());
    if (first > last) return from;
    const read = store.entries(index(first), index(last + 1), Number.POSITIVE_INFINITY);
    if (!read.ok) return from;
    for (const entry of read.value) {
      const hash = chained(0, entry);
      const known = this.#hashes[entry.index];
      if (entry.index === this.applied + 1) this.#apply(entry, hash);
      else if (known !== undefined && known !== hash) {
        this.#parts.violation("one entry at one place of the log", `${name} at ${entry.index}`);
      }
    }
    return last;
  }

  #apply(entry: Entry, hash: number): void {
    this.#hashes[entry.index] = hash;
    this.applied = entry.index;
    if (entry.kind !== "normal") {
      this.#changeMembers(entry);
      return;
    }
    if (entry.data.length === 0) return;
    const { command, stampMs } = decodeEntry(entry.data);
    const { reply, events } = this.machine.apply(command, { index: entry.index, stampMs });
    this.witness.note(
      reply.kind === "workflow" ? reply.reply : undefined,
      events.filter((event) => event.kind !== "topology"),
    );
  }

  #changeMembers({ data, index: at }: Entry): void {
    this.changedAt = at;
    for (const { kind, id } of decodeConfChange(data).changes) {
      this.voters.delete(id);
      this.learners.delete(id);
      if (kind === "add-voter") this.voters.add(id);
      if (kind === "add-learner") this.learners.add(id);
      this.#parts.mark(`members: ${kind}`);
    }
  }
}

/** As text: it is small. */
const topologyText = ({ clusterUuid, nodes }: Topology): string =>
  JSON.stringify([clusterUuid, ...nodes]);

function durableOf(store: LogStore): Durable {
  const { hardState } = store.initialState();
  const last: Index = store.lastIndex();
  const lastTerm = store.term(last);
  return {
    term: hardState.term,
    vote: hardState.vote,
    commit: hardState.commit,
    last,
    lastTerm: lastTerm.ok ? lastTerm.value : 0,
  };
}
