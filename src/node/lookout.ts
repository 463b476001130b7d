// A node that was away may have been taken out meanwhile, and nobody tells it: who is out hears
// nothing. So while it has no leader or no standing, it asks.

import type { RaftoralError } from "../errors.ts";
import type { Timer, Timers } from "../std/clock.ts";
import type { Transport } from "../transport/port.ts";
import { askAround } from "./asking.ts";
import type { EngineConfig } from "./config.ts";
import type { Identity } from "./identity.ts";
import { joinRequest, refusalOf } from "./joining.ts";

export interface LookoutParts {
  readonly config: EngineConfig;
  readonly identity: Identity;
  readonly timers: Timers;
  readonly transport: Transport;
  isLost(): boolean;
  onRefused(error: RaftoralError): void;
}

const LOOK_MS = 1_000;
/** An election or two may pass before it is worth to ask. */
const LOST_LOOKS = 4;

export class Lookout {
  readonly #parts: LookoutParts;
  #timer: Timer | undefined;
  #lostLooks = 0;
  #isAsking = false;
  #isStopped = false;

  constructor(parts: LookoutParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = this.#parts.timers.set(LOOK_MS, () => {
      this.start();
      this.#lostLooks = this.#parts.isLost() ? this.#lostLooks + 1 : 0;
      if (this.#lostLooks >= LOST_LOOKS && !this.#isAsking) void this.#ask();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Why this node has no place any more, by the word of whoever leads; undefined: it may have. */
  async refusal(): Promise<RaftoralError | undefined> {
    const { config, identity, transport } = this.#parts;
    return refusalOf(await askAround(transport, joinRequest(config, identity.nonce)));
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    const refusal = await this.refusal();
    this.#isAsking = false;
    if (refusal !== undefined && !this.#isStopped) this.#parts.onRefused(refusal);
  }
}
