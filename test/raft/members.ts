// Whole cores in one room: their storage is that of the scripts, their messages go where the
// test lets them.

import type { Message } from "../../src/raft/message.ts";
import type { Ready } from "../../src/raft/ready.ts";
import { type Index, index, type NodeId, nodeId } from "../../src/std/ids.ts";
import { Member, type MemberOptions } from "./conformance/member.ts";

export const START = index(10);

type Options = Partial<Omit<MemberOptions, "id" | "bootstrap">> & {
  readonly learners?: readonly number[];
};

/** A member of a group whose log begins after START. */
export function member(id: number, voters: readonly number[], options: Options = {}): Member {
  const { learners = [], ...rest } = options;
  const confState = {
    voters: voters.map(nodeId),
    learners: learners.map(nodeId),
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
  return new Member({
    maxInflightMsgs: 256,
    ...rest,
    id: nodeId(id),
    bootstrap: { index: START, confState, data: new Uint8Array(0) },
  });
}

/** What waits is done, as synchronous storage does it. */
export function run(one: Member): { readonly readies: Ready[]; readonly sent: Message[] } {
  const readies: Ready[] = [];
  const sent: Message[] = [];
  while (one.node.hasReady()) {
    const ready = one.node.ready();
    readies.push(ready);
    sent.push(...one.process(ready));
    one.done(ready);
  }
  return { readies, sent };
}

/** Everyone runs, and every message arrives, until nothing is left. */
export function settle(members: readonly Member[]): void {
  const byId = new Map<NodeId, Member>(members.map((one) => [one.id, one]));
  let isBusy = true;
  while (isBusy) {
    const sent = members.flatMap((one) => run(one).sent);
    for (const m of sent) byId.get(m.to)?.node.step(m);
    isBusy = sent.length > 0;
  }
}

export const commitOf = ({ node }: Member): Index => node.basicStatus().hardState.commit;
