// How a node goes without being missed: its runs, its office, its seat, in this order.

import type { Replica } from "../replica/replica.ts";
import type { NodeId } from "../std/ids.ts";
import { pause } from "./asking.ts";
import type { GroupEvent, GroupReply } from "./group-machine.ts";
import type { Ports } from "./ports.ts";

type AnyReplica = Replica<GroupReply, GroupEvent>;

const LOOK_MS = 20;
/** So often it asks though nothing says that it is out: its log may end before that was in it. */
const ASK_MS = 1_000;
/** A voter heard of within this can take the office. */
const ACTIVE_MS = 1_000;

/** Hands leadership to the voter that is furthest; false where nobody took it in time. */
export async function handOverOffice(
  replica: AnyReplica,
  ports: Pick<Ports, "clock" | "timers">,
  limitMs: number,
): Promise<boolean> {
  const untilMs = ports.clock.monotonicMs() + limitMs;
  while (replica.status().role === "leader") {
    const heir = heirOf(replica, ports.clock.monotonicMs());
    if (heir === undefined || ports.clock.monotonicMs() >= untilMs) return false;
    replica.transferLeadership(heir);
    await pause(ports, LOOK_MS);
  }
  return true;
}

function heirOf(replica: AnyReplica, nowMs: number): NodeId | undefined {
  const able = replica
    .status()
    .peers.filter(({ isVoter, lastHeardMs }) => isVoter && nowMs - lastHeardMs < ACTIVE_MS)
    .sort((a, b) => (b.progress?.match ?? 0) - (a.progress?.match ?? 0));
  return able[0]?.id;
}

export interface Leaver {
  readonly replica: AnyReplica;
  readonly ports: Pick<Ports, "clock" | "timers">;
  /** Whoever leads says that this node is out. */
  isToldOut(): Promise<boolean>;
}

/**
 * Waits until whoever leads does so without this node's vote. It must stay until then: without it
 * the others may have no majority, not even to take it out, or to learn that they did. Who is out
 * is sent nothing more, so it asks: silence proves nothing, and its own log not enough.
 */
export async function untilOut(
  { isToldOut, ports, replica }: Leaver,
  limitMs: number,
): Promise<boolean> {
  const { clock } = ports;
  const untilMs = clock.monotonicMs() + limitMs;
  let askMs = clock.monotonicMs() + ASK_MS;
  for (;;) {
    const { role, voters, learners, self, leader } = replica.status();
    if (role === "stopped" || role === "failed") return true;
    const isMember = voters.includes(self.id) || learners.includes(self.id);
    const isDue = clock.monotonicMs() >= askMs;
    if (isDue) askMs = clock.monotonicMs() + ASK_MS;
    if ((!isMember || leader === undefined || isDue) && (await isToldOut())) return true;
    if (clock.monotonicMs() >= untilMs) return false;
    await pause(ports, LOOK_MS);
  }
}
