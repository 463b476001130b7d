// A node asks others about membership: follows redirects, takes silence for "later".

import { RaftoralError } from "../errors.ts";
import { MalformedError } from "../std/bytes.ts";
import { deferred } from "../std/deferred.ts";
import type { Transport } from "../transport/port.ts";
import {
  decodeMemberReply,
  encodeMemberRequest,
  type MemberReply,
  type MemberRequest,
} from "./join-codec.ts";
import type { Ports } from "./ports.ts";

type Asker = Pick<Transport, "request" | "peers">;

/** How long one request waits. */
const REQUEST_TIMEOUT_MS = 1_000;
/** How long the others have to show themselves. */
const PEERS_TIMEOUT_MS = 500;
/** A redirect may be late by an election or two, not by more. */
const HOPS_MAX = 3;

/** Never rejects for the network's sake. */
export async function ask(
  transport: Asker,
  first: string,
  request: MemberRequest,
): Promise<MemberReply> {
  let peer = first;
  for (let hop = 0; hop < HOPS_MAX; hop++) {
    const reply = await askOnce(transport, peer, request);
    if (reply.kind !== "redirect") return reply;
    peer = reply.leader;
  }
  return { kind: "later", why: "no leader was found" };
}

/**
 * Everyone who can be seen, one after the other, until one has more to say than "later"; `blank` if
 * there is nobody, or nobody but blank ones.
 */
export async function askAround(transport: Asker, request: MemberRequest): Promise<MemberReply> {
  let said: MemberReply = { kind: "blank" };
  for (const peer of await transport.peers({ timeoutMs: PEERS_TIMEOUT_MS })) {
    const reply = await ask(transport, peer, request);
    if (reply.kind === "later") said = { kind: "later", why: `${peer}: ${reply.why}` };
    else if (reply.kind !== "blank") return reply;
  }
  return said;
}

async function askOnce(
  transport: Asker,
  peer: string,
  request: MemberRequest,
): Promise<MemberReply> {
  try {
    const body = encodeMemberRequest(request);
    const options = { timeoutMs: REQUEST_TIMEOUT_MS };
    return decodeMemberReply(await transport.request(peer, body, options));
  } catch (error) {
    if (!(error instanceof RaftoralError || error instanceof MalformedError)) throw error;
    return { kind: "later", why: error.message };
  }
}

export function pause({ timers }: Pick<Ports, "timers">, delayMs: number): Promise<void> {
  const { promise, resolve } = deferred<void>();
  timers.set(delayMs, resolve);
  return promise;
}
