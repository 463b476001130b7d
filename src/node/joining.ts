// How a blank node gets its identity: is let into a cluster, or founds one (DESIGN §8, rule 26).
//
// I1. It founds only with a right to: `boot: "bootstrap"`, no network at all, or as the first of
//     the expected ones after all the others bound themselves to it; never while a cluster answers.
// I2. It binds itself to one founder, durably, before it says so.

import { RaftoralError } from "../errors.ts";
import type { Address } from "../replica/options.ts";
import { MalformedError } from "../std/bytes.ts";
import type { Transport } from "../transport/port.ts";
import { FEATURE_LEVEL } from "../workflow/machine/level.ts";
import { ask, askAround, pause } from "./asking.ts";
import type { EngineConfig } from "./config.ts";
import { FOUNDER, type Identity, type NodeHome } from "./identity.ts";
import {
  decodeMemberRequest,
  encodeMemberReply,
  type FollowRequest,
  type JoinRequest,
  type MemberReply,
} from "./join-codec.ts";
import type { Ports } from "./ports.ts";

export interface Admission {
  readonly identity: Identity;
  /** Where to find those who are in already. */
  readonly members: readonly Address[];
}

export interface SeekerParts {
  readonly config: EngineConfig;
  readonly ports: Ports;
  readonly home: NodeHome;
  readonly transport: Transport;
}

const NOBODY = "no node of a cluster answered";

/** The pause before the next round of asking. */
const ROUND_MS = 100;

export class Seeker {
  readonly #parts: SeekerParts;
  readonly #nonce: string;
  #pledge: NodeHome["pledge"];

  constructor(parts: SeekerParts) {
    const { config, home, ports } = parts;
    this.#parts = parts;
    this.#pledge = home.pledge;
    const isOwn = home.pledge?.founder === config.name;
    this.#nonce = isOwn && home.pledge !== undefined ? home.pledge.nonce : ports.chance.id();
  }

  /**
   * @throws RaftoralError `join-refused`, also when nobody let it in within `discoveryTimeout`;
   * `version-mismatch`.
   */
  async seek(): Promise<Admission> {
    const { config, transport } = this.#parts;
    transport.listen({
      onMessage: () => {},
      onRequest: async (_from, body) => encodeMemberReply(await this.#answer(body)),
      onUndelivered: () => {},
    });
    if (config.boot === "bootstrap") return this.#bootstrap();
    if (!config.hasNetwork) return this.#found();
    const isFounder = config.expect[0] === config.name;
    return this.#join(isFounder ? () => this.#gather() : async () => NOBODY);
  }

  /** A cluster that is there already is joined: a wiped directory must not found it anew. */
  async #bootstrap(): Promise<Admission> {
    const { config } = this.#parts;
    if (this.#pledge !== undefined && this.#pledge.founder !== config.name) {
      throw refused(`${config.name} is bound to ${this.#pledge.founder} as the founder: join it`);
    }
    return this.#join(async () => undefined);
  }

  /**
   * Asks around until let in. Where all that are there are blank, `missing` says what stands
   * against founding; undefined: nothing does.
   */
  async #join(missing: () => Promise<string | undefined>): Promise<Admission> {
    const { config, ports, transport } = this.#parts;
    const { clock } = ports;
    const untilMs = clock.monotonicMs() + config.discoveryTimeoutMs;
    for (;;) {
      const reply = await askAround(transport, this.#joinRequest());
      const admission = this.#admission(reply);
      if (admission !== undefined) return admission;
      let lastWord: string | undefined = reply.kind === "later" ? reply.why : "";
      if (reply.kind === "blank") lastWord = await missing();
      if (lastWord === undefined) return this.#found();
      if (clock.monotonicMs() >= untilMs) throw this.#noWayIn(lastWord);
      await pause(ports, ROUND_MS);
    }
  }

  /** Asks the other expected ones to follow: who has not said yes yet, or undefined. */
  async #gather(): Promise<string | undefined> {
    const { config, transport } = this.#parts;
    const { cluster, expect, name } = config;
    await this.#bind({ founder: name, nonce: this.#nonce });
    const request: FollowRequest = {
      kind: "follow",
      cluster,
      founder: name,
      nonce: this.#nonce,
      expect,
      valueTerms: config.valueTerms,
    };
    const others = expect.filter((other) => other !== name);
    const replies = await Promise.all(others.map((other) => ask(transport, other, request)));
    const missing = others.flatMap((other, i) => {
      const reply = replies[i];
      if (reply?.kind === "refused") throw refused(`${other}: ${reply.why}`);
      if (reply?.kind === "other-values") throw otherValues(config, reply.valueTerms);
      if (reply?.kind === "following") return [];
      return [reply?.kind === "later" ? `${other}: ${reply.why}` : other];
    });
    return missing.length === 0 ? undefined : missing.join("; ");
  }

  async #answer(body: Uint8Array): Promise<MemberReply> {
    try {
      const request = decodeMemberRequest(body);
      if (request.kind === "follow") return await this.#follow(request);
      return request.kind === "join" ? { kind: "blank" } : { kind: "later", why: NOBODY };
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return { kind: "later", why: error.message };
    }
  }

  async #follow(request: FollowRequest): Promise<MemberReply> {
    const { cluster, expect, founder, nonce } = request;
    const { config } = this.#parts;
    const no = (why: string): MemberReply => ({ kind: "refused", why });
    if (cluster !== config.cluster) return no(`${config.name} belongs to "${config.cluster}"`);
    if (expect.join() !== config.expect.join() || founder !== config.expect[0]) {
      const own = config.expect.length === 0 ? "nobody" : config.expect.join(", ");
      return no(`${config.name} expects ${own}: give all nodes the same list`);
    }
    const { valueTerms } = config;
    if (request.valueTerms !== valueTerms) return { kind: "other-values", valueTerms };
    const pledge = this.#pledge;
    if (pledge !== undefined && (pledge.founder !== founder || pledge.nonce !== nonce)) {
      return no(
        `${config.name} is bound to an earlier founding by ${pledge.founder}: ` +
          "if that one founded nothing, remove both data directories",
      );
    }
    await this.#bind({ founder, nonce });
    return { kind: "following" };
  }

  async #bind(pledge: NonNullable<NodeHome["pledge"]>): Promise<void> {
    if (this.#pledge !== undefined) return;
    this.#pledge = pledge;
    await this.#parts.home.keepPledge(pledge);
  }

  #joinRequest(): JoinRequest {
    return joinRequest(this.#parts.config, this.#nonce);
  }

  #admission(reply: MemberReply): Admission | undefined {
    const { config } = this.#parts;
    const refusal = refusalOf(reply);
    if (refusal !== undefined) throw refusal;
    if (reply.kind === "other-values") throw otherValues(config, reply.valueTerms);
    if (reply.kind !== "admitted") return;
    const { clusterUuid, id: node, members } = reply;
    const { name, valueTerms } = config;
    const nonce = this.#nonce;
    const identity = { clusterUuid, node, nonce, isFounder: false, name, valueTerms };
    return { identity, members };
  }

  #found(): Admission {
    const { config, ports } = this.#parts;
    const clusterUuid = ports.chance.id();
    const { name, valueTerms } = config;
    const nonce = this.#nonce;
    const identity = { clusterUuid, node: FOUNDER, nonce, isFounder: true, name, valueTerms };
    return { identity, members: [{ id: FOUNDER, name }] };
  }

  #noWayIn(lastWord: string): RaftoralError {
    const { cluster, discoveryTimeoutMs } = this.#parts.config;
    return new RaftoralError(
      "join-refused",
      `no way into the cluster "${cluster}" within ${discoveryTimeoutMs} ms ` +
        `(${lastWord}); to found a new one, start one node with boot: "bootstrap"`,
      { retryable: true },
    );
  }
}

export const joinRequest = (config: EngineConfig, nonce: string): JoinRequest => {
  const { cluster, name, valueTerms } = config;
  return { kind: "join", cluster, name, nonce, level: FEATURE_LEVEL, valueTerms };
};

/**
 * Who comes back with another codec or other types than before asks whoever leads; if nobody does,
 * all of them may be coming back so.
 * @throws RaftoralError `values-mismatch`
 */
export async function askForValues(
  { config, transport }: Pick<SeekerParts, "config" | "transport">,
  { nonce }: Identity,
): Promise<void> {
  const reply = await askAround(transport, joinRequest(config, nonce));
  if (reply.kind === "other-values") throw otherValues(config, reply.valueTerms);
}

/** Why asking again will not help; undefined: it may. `join-refused` or `version-mismatch`. */
export function refusalOf(reply: MemberReply): RaftoralError | undefined {
  if (reply.kind === "refused") return refused(reply.why);
  return reply.kind === "too-old" ? tooOld(reply.needed) : undefined;
}

export const tooOld = (needed: number): RaftoralError =>
  new RaftoralError(
    "version-mismatch",
    `the cluster writes what only builds of feature level ${needed} understand; ` +
      `this one is of level ${FEATURE_LEVEL}: bring it up to date`,
  );

const otherValues = ({ name, valueTerms }: EngineConfig, members: string): RaftoralError =>
  new RaftoralError(
    "values-mismatch",
    `${name} could not read the members' values: it has ${valueTerms}; they have ${members}`,
  );

const refused = (why: string): RaftoralError => new RaftoralError("join-refused", why);
