// Members whose disks take their time: each write and each apply is done when a test says so, and
// what was not written when a member crashes is gone.

import * as assert from "uvu/assert";
import { APPEND_THREAD, APPLY_THREAD, type Message, message } from "../../../src/raft/message.ts";
import { RawNode } from "../../../src/raft/raw-node.ts";
import type { Ready } from "../../../src/raft/ready.ts";
import type { Entry } from "../../../src/raft/types.ts";
import { type NodeId, nodeId, term } from "../../../src/std/ids.ts";
import { type Prng, prng } from "../../../src/std/prng.ts";
import { createMemoryLogStore } from "../../../src/storage/memory.ts";
import { LIMITS, memberWith, payload, type Setup } from "./replication-member.ts";

export class AsyncMember {
  readonly id: NodeId;
  readonly disk: ReturnType<typeof memberWith>["disk"];
  readonly #setup: Setup;
  node: RawNode;
  /** Asked for and not done, oldest first. */
  writes: Message[] = [];
  applies: Message[] = [];
  applied: Entry[] = [];

  constructor(setup: Setup = {}) {
    const { id, disk } = memberWith({ ...setup, options: {} });
    this.id = id;
    this.disk = disk;
    this.#setup = setup;
    this.node = this.#start();
  }

  #start(): RawNode {
    return new RawNode({
      ...LIMITS,
      ...this.#setup.options,
      asyncStorageWrites: true,
      applied: this.disk.snapshot.index,
      id: this.id,
      storage: createMemoryLogStore({ disk: this.disk }),
    });
  }

  get term(): number {
    return this.node.basicStatus().hardState.term;
  }
  get commit(): number {
    return this.node.basicStatus().hardState.commit;
  }
  get state(): string {
    return this.node.basicStatus().softState.state;
  }
  get lastOnDisk(): number {
    return this.disk.snapshot.index + this.disk.entries.length;
  }

  hear(from: number, fields: Partial<Message> & Pick<Message, "type">): void {
    const own = term(this.term);
    this.node.step(message({ to: this.id, term: own, ...fields, from: nodeId(from) }));
  }

  /** Hands its work to the threads. Returns what may leave at once. */
  take(): Message[] {
    const sent: Message[] = [];
    while (this.node.hasReady()) sent.push(...this.takeOne().messages.filter(isForOthers));
    return sent;
  }

  takeOne(): Ready {
    const ready = this.node.ready();
    this.writes.push(...ready.messages.filter(({ to }) => to === APPEND_THREAD));
    this.applies.push(...ready.messages.filter(({ to }) => to === APPLY_THREAD));
    return ready;
  }

  /** The oldest write is durable. Returns what may leave now. */
  write(): Message[] {
    const work = this.writes.shift();
    assert.ok(work !== undefined, "no write was asked for");
    this.disk.begin(saveOf(work));
    this.disk.sync();
    return this.answer(work);
  }

  /** The oldest entries to be applied are. */
  apply(): void {
    const work = this.applies.shift();
    assert.ok(work !== undefined, "nothing was to be applied");
    this.applied.push(...work.entries);
    this.answer(work);
  }

  answer({ responses }: Message): Message[] {
    for (const m of responses) if (m.to === this.id) this.node.step(m);
    return responses.filter(({ to }) => to !== this.id);
  }

  /** All that waits is done. Returns what left. */
  run(): Message[] {
    const sent = this.take();
    while (this.writes.length + this.applies.length > 0) {
      if (this.writes.length > 0) sent.push(...this.write());
      else this.apply();
      sent.push(...this.take());
    }
    return sent;
  }

  /** Comes back with what is on its disk; with `random`, also a beginning of the next write. */
  crash(random?: Prng): void {
    const [next] = this.writes;
    if (next !== undefined) this.disk.begin(saveOf(next));
    this.disk.powerCut(random);
    this.writes = [];
    this.applies = [];
    this.applied = [];
    this.node = this.#start();
  }
}

const isForOthers = ({ to }: Message): boolean => to !== APPEND_THREAD && to !== APPLY_THREAD;

function saveOf({ term: ofTerm, vote, commit, entries, snapshot }: Message) {
  const hasHardState = ofTerm !== 0 || vote !== 0 || commit !== 0;
  const hardState = hasHardState ? { term: ofTerm, vote, commit } : undefined;
  return { hardState, entries, snapshot };
}

/** Three of them, and what must hold whatever crashes; in an order that a seed gives. */
export class AsyncGroup {
  readonly members: readonly AsyncMember[];
  readonly #random: Prng;
  #network: Message[] = [];
  #toPropose: string[];
  readonly #votes = new Map<string, NodeId>();
  readonly #leaders = new Map<number, NodeId>();
  /** By index: whatever one has applied. */
  readonly #applied = new Map<number, string>();

  constructor(seed: number, proposals: readonly string[]) {
    this.#random = prng(seed);
    this.#toPropose = [...proposals];
    const timeouts = prng(seed + 1);
    const options = { randomInt: timeouts.below };
    this.members = [1, 2, 3].map((id) => new AsyncMember({ id, options }));
    this.members[0]?.node.campaign();
  }

  /** One thing happens, of those that can. False: nothing can. */
  step(): boolean {
    const acts = this.members.flatMap((one) => this.#actsOf(one));
    const arriving = this.#network.length;
    const choices = acts.length + arriving;
    if (choices === 0) return false;
    const chosen = this.#random.below(choices);
    const act = acts[chosen];
    if (act !== undefined) act();
    else this.#arrive(chosen - acts.length);
    for (const one of this.members) this.#check(one);
    return true;
  }

  #actsOf(one: AsyncMember): (() => void)[] {
    const acts: (() => void)[] = [];
    if (one.node.hasReady()) acts.push(() => this.#send(one, one.take()));
    if (one.writes.length > 0) acts.push(() => this.#send(one, one.write()));
    if (one.applies.length > 0) acts.push(() => this.#apply(one));
    const [next] = this.#toPropose;
    if (next !== undefined && one.state === "leader") {
      acts.push(() => {
        if (one.node.propose([payload(next)]).ok) this.#toPropose.shift();
      });
    }
    return acts;
  }

  #arrive(at: number): void {
    const [m] = this.#network.splice(at, 1);
    if (m !== undefined) this.members.find(({ id }) => id === m.to)?.node.step(m);
  }

  #send(one: AsyncMember, sent: readonly Message[]): void {
    for (const m of sent) this.#checkPromise(one, m);
    this.#network.push(...sent);
  }

  /** What leaves is true even if the power fails now. */
  #checkPromise({ id, disk, lastOnDisk }: AsyncMember, m: Message): void {
    if (m.reject) return;
    const { hardState } = disk;
    if (m.type === "app-resp") {
      assert.ok(lastOnDisk >= m.index, `${id} acknowledges ${m.index}`);
      assert.ok(hardState.term >= m.term, `${id} acknowledges in term ${m.term}`);
    }
    if (m.type !== "vote-resp") return;
    const key = `${id} in ${m.term}`;
    assert.is(this.#votes.get(key) ?? m.to, m.to, `${key} votes once`);
    this.#votes.set(key, m.to);
    const isKept = hardState.term > m.term || hardState.vote === m.to;
    assert.ok(isKept && hardState.term >= m.term, `${key} keeps its vote`);
  }

  #check(one: AsyncMember): void {
    if (one.state === "leader") {
      assert.is(this.#leaders.get(one.term) ?? one.id, one.id, `one leads in ${one.term}`);
      this.#leaders.set(one.term, one.id);
    }
    assert.ok(one.disk.hardState.commit <= one.lastOnDisk, `${one.id} can begin again`);
  }

  #apply(one: AsyncMember): void {
    const before = one.applied.length;
    one.apply();
    one.applied.slice(before).forEach((entry, i) => {
      assert.is(entry.index, before + i + 1);
      const said = `${entry.term}: ${String.fromCharCode(...entry.data)}`;
      assert.is(this.#applied.get(entry.index) ?? said, said, "all apply the same");
      this.#applied.set(entry.index, said);
    });
  }

  crash(victim: number, isTorn: boolean): void {
    this.members[victim]?.crash(isTorn ? this.#random : undefined);
  }

  settle(): void {
    while (this.step());
  }

  /** Time passes until someone leads, commits one more, and all have it. */
  end(): void {
    this.settle();
    for (let ticks = 0; ticks < 200 && !this.#isLed(); ticks++) this.#tick();
    this.#toPropose.push("end");
    this.settle();
    this.#tick();
    for (const one of this.members) assert.is(one.applied.length, this.#applied.size);
    assert.match(this.#applied.get(this.#applied.size) ?? "", "end");
  }

  #tick(): void {
    for (const one of this.members) one.node.tick();
    this.settle();
  }

  /** Everyone follows one leader. */
  #isLed(): boolean {
    const [first, ...rest] = this.members.map(({ node }) => node.basicStatus().softState.leader);
    return first !== 0 && rest.every((leader) => leader === first);
  }
}
