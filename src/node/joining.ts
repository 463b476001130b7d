// How a node gets its identity: founds a cluster, or is let into one (DESIGN §8).

import { RaftoralError } from "../errors.ts";
import type { Address } from "../replica/options.ts";
import { MalformedError } from "../std/bytes.ts";
import { deferred } from "../std/deferred.ts";
import { nodeId } from "../std/ids.ts";
import type { Transport } from "../transport/port.ts";
import type { NodeConfig } from "./config.ts";
import type { Identity } from "./identity.ts";
import { decodeJoinReply, encodeJoinRequest, type JoinReply } from "./join-codec.ts";
import type { Ports } from "./ports.ts";

export interface Admission {
  readonly identity: Identity;
  /** Where to find those who are in already. */
  readonly members: readonly Address[];
}

/** The founder is always the first node. */
export function found(config: NodeConfig, ports: Ports): Admission {
  const { chance } = ports;
  const identity = {
    clusterUuid: chance.id(),
    node: nodeId(1),
    nonce: chance.id(),
    isFounder: true,
  };
  return { identity, members: [{ id: identity.node, name: config.name }] };
}

/** How long one request to be let in waits, and the pause before the next round of asking. */
const REQUEST_TIMEOUT_MS = 1_000;
const ROUND_TIMEOUT_MS = 500;
const ROUND_MS = 100;

/**
 * Asks everyone who can be seen, follows redirects to the leader, until let in.
 * @throws RaftoralError `join-refused`, also when nobody answered within `discoveryTimeout`.
 */
export async function join(
  config: NodeConfig,
  ports: Ports,
  transport: Transport,
): Promise<Admission> {
  const nonce = ports.chance.id();
  const request = encodeJoinRequest({ cluster: config.cluster, name: config.name, nonce });
  const untilMs = ports.clock.monotonicMs() + config.discoveryTimeoutMs;
  let lastWord = "no node of the cluster answered";
  while (ports.clock.monotonicMs() < untilMs) {
    for (const peer of await transport.peers({ timeoutMs: ROUND_TIMEOUT_MS })) {
      const reply = await ask(transport, peer, request);
      if (reply.kind === "refused") throw new RaftoralError("join-refused", reply.why);
      if (reply.kind === "admitted") return admission(reply, nonce);
      if (reply.kind === "later") lastWord = `${peer}: ${reply.why}`;
    }
    await pause(ports, ROUND_MS);
  }
  throw new RaftoralError(
    "join-refused",
    `no way into the cluster "${config.cluster}" within ${config.discoveryTimeoutMs} ms ` +
      `(${lastWord}); to found a new one, start one node with boot: "bootstrap"`,
    { retryable: true },
  );
}

function admission(reply: Extract<JoinReply, { kind: "admitted" }>, nonce: string): Admission {
  const { clusterUuid, id, members } = reply;
  return { identity: { clusterUuid, node: id, nonce, isFounder: false }, members };
}

async function ask(transport: Transport, first: string, request: Uint8Array): Promise<JoinReply> {
  let peer = first;
  // A redirect may be late by an election or two, not by more.
  for (let hop = 0; hop < 3; hop++) {
    const reply = await askOnce(transport, peer, request);
    if (reply.kind !== "redirect") return reply;
    peer = reply.leader;
  }
  return { kind: "later", why: "no leader was found" };
}

async function askOnce(
  transport: Transport,
  peer: string,
  request: Uint8Array,
): Promise<JoinReply> {
  try {
    const options = { timeoutMs: REQUEST_TIMEOUT_MS };
    return decodeJoinReply(await transport.request(peer, request, options));
  } catch (error) {
    if (!(error instanceof RaftoralError || error instanceof MalformedError)) throw error;
    return { kind: "later", why: error.message };
  }
}

function pause(ports: Ports, delayMs: number): Promise<void> {
  const { promise, resolve } = deferred<void>();
  ports.timers.set(delayMs, resolve);
  return promise;
}
