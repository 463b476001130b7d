// An engine on another thread, as the user's side has it: a mirror of its machine, and the port.
//
// I1. The mirror applies what the engine's machine applied, in its order; it proposes nothing.
// I2. Nobody is left waiting when the engine ends, or its thread does.

import type { Admin } from "../../client/admin.ts";
import type { Gateway } from "../../client/gateway.ts";
import { Remote, remoteAdmin, remoteGateway } from "../../client/remote-gateway.ts";
import { RaftoralError } from "../../errors.ts";
import { assert } from "../../std/assert.ts";
import { deferred } from "../../std/deferred.ts";
import type { Activity } from "../../workflow/runner/port.ts";
import { activityText } from "../activity.ts";
import { notLeft } from "../engine.ts";
import type { EngineIdentity, EngineListener, EnginePort, EngineStatus } from "../engine-port.ts";
import type { GroupEvent } from "../group-machine.ts";
import { GroupMachine } from "../group-machine.ts";
import type { Ports } from "../ports.ts";
import { Asks } from "./asks.ts";
import {
  errorOf,
  statusOf,
  type Taken,
  type ThreadLimits,
  type ToUser,
  type UserLink,
} from "./messages.ts";
import { Mirror } from "./mirror.ts";
import type { Page } from "./page.ts";

export interface EngineProxyParts {
  readonly link: Pick<UserLink, "post">;
  readonly page: Page;
  readonly ports: Ports;
  readonly limits: ThreadLimits;
  readonly callTimeoutMs: number;
  /** The engine was stopped: settles when its thread has gone. */
  onGone(): Promise<void>;
}

type Admitted = Extract<ToUser, { kind: "admitted" }>;

export class EngineProxy implements EnginePort {
  readonly identity: EngineIdentity;
  readonly machine: GroupMachine = new GroupMachine("1");
  readonly gateway: Gateway;
  readonly admin: Admin;
  readonly activity: Activity;
  readonly ended: Promise<Error | undefined>;
  readonly #parts: EngineProxyParts;
  readonly #mirror: Mirror;
  readonly #asks: Asks;
  readonly #remote: Remote;
  readonly #end = deferred<Error | undefined>();
  readonly #commandBytesMax: number;
  #status: EngineStatus;
  #listener: EngineListener | undefined;
  #stopping: Promise<void> | undefined;
  #leaving: Promise<void> | undefined;
  /** Submitted, and not out of the way. */
  #commands = 0;
  #bytes = 0;
  #seen = 1;
  #hasEnded = false;
  #isLost = false;

  constructor(parts: EngineProxyParts, { commandBytes, identity, status }: Admitted) {
    const { callTimeoutMs, limits, link, ports } = parts;
    const { clock, timers } = ports;
    this.#parts = parts;
    this.identity = identity;
    this.#status = statusOf(status);
    this.#commandBytesMax = commandBytes;
    this.ended = this.#end.promise;
    this.#mirror = new Mirror(this.machine);
    this.#asks = new Asks({ link, timers, callsMax: limits.calls });
    const transport = this.#asks.transport(status.replica.self.name, commandBytes);
    const unit = (): number => ports.chance.unit();
    // The engine itself says when a call takes too long.
    const attemptMs = callTimeoutMs + ANSWER_GRACE_MS;
    const times = { clock, timers, callTimeoutMs: attemptMs, attemptMs };
    const { page } = parts;
    this.activity = {
      enter: (run, at) => page.enter(activityText(run, at)),
      leave: () => page.leave(),
    };
    this.#remote = new Remote({ transport, unit, ...times });
    this.gateway = remoteGateway(this.#remote);
    this.admin = remoteAdmin(this.#remote);
    parts.page.see(this.#seen);
  }

  open(listener: EngineListener): Promise<void> {
    this.#listener = listener;
    return this.#asks.settled((id) => ({ kind: "open", id }));
  }

  submit(command: Uint8Array): "accepted" | "overloaded" {
    const { limits, link } = this.#parts;
    const { length } = command;
    if (length > this.#commandBytesMax) {
      const message = `a command of ${length} bytes; at most ${this.#commandBytesMax}`;
      throw new RaftoralError("payload-too-large", message);
    }
    const isFull = this.#commands >= limits.commands || this.#bytes + length > limits.commandBytes;
    if (this.#hasEnded || isFull) return "overloaded";
    this.#commands++;
    this.#bytes += length;
    link.post({ kind: "submit", command: new Uint8Array(command) });
    return "accepted";
  }

  status(): EngineStatus {
    return this.#status;
  }

  stop(drainMs: number): Promise<void> {
    this.#stopping ??= this.#goodbye(
      this.#asks
        .settled((id) => ({ kind: "stop", id, drainMs }))
        .catch((error: unknown) => {
          if (!this.#isLost) throw error;
        }),
    );
    return this.#stopping;
  }

  leave(drainMs: number): Promise<void> {
    if (this.#stopping !== this.#leaving) {
      return Promise.reject(notLeft(this.#status.replica.self.name));
    }
    this.#stopping ??= this.#goodbye(
      this.#asks
        .settled((id) => ({ kind: "leave", id, drainMs }))
        .catch((error: unknown) => {
          this.#stopping = undefined;
          this.#leaving = undefined;
          throw error;
        }),
    );
    this.#leaving = this.#stopping;
    return this.#leaving;
  }

  async #goodbye(asked: Promise<void>): Promise<void> {
    await asked;
    await this.#parts.onGone();
    this.#end.resolve(undefined);
  }

  take(message: ToUser): void {
    try {
      this.#take(message);
    } catch (thrown) {
      // A mirror that cannot follow is of no use: the node ends, its process does not.
      this.fail(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
    this.#seen = (this.#seen + 1) >>> 0;
    this.#parts.page.see(this.#seen);
  }

  /** The thread, or what came from it, cannot be gone on with. */
  fail(why: Error): void {
    const error =
      why instanceof RaftoralError
        ? why
        : new RaftoralError("node-failed", `the engine's thread failed: ${why.message}`, {
            cause: why,
          });
    this.#over(error);
  }

  /** The thread is gone, told to or not. */
  lost(why: Error): void {
    this.#isLost = true;
    this.fail(why);
    this.#asks.settleAll(why);
  }

  #take(message: ToUser): void {
    switch (message.kind) {
      case "feed":
        this.#taken(message.taken);
        this.#applied(this.#mirror.apply(message.entries));
        break;
      case "base":
        if (this.#mirror.base(message.place, message.piece)) this.#tell((to) => to.onRestored());
        break;
      case "taken":
        this.#taken(message.taken);
        break;
      case "answer":
        this.#asks.answer(message.id, message.body);
        break;
      case "settled":
        this.#asks.settle(message.id, message.error);
        break;
      case "beat":
        this.#status = statusOf(message.status);
        break;
      case "ended":
        this.#over(errorOf(message.why));
        break;
      case "admitted":
      case "refused":
        assert(false, "an engine is admitted or refused once, before all else");
    }
  }

  #taken({ bytes, commands }: Taken): void {
    this.#commands -= commands;
    this.#bytes -= bytes;
  }

  #applied(events: readonly GroupEvent[]): void {
    if (events.length > 0) this.#tell((to) => to.onApplied(events));
  }

  #tell(what: (listener: EngineListener) => void): void {
    if (this.#listener !== undefined && !this.#hasEnded) what(this.#listener);
  }

  #over(why: Error): void {
    if (this.#hasEnded) return;
    this.#tell((to) => to.onEnded(why));
    this.#hasEnded = true;
    const isStopped = why instanceof RaftoralError && why.code === "node-stopped";
    // No beat comes any more.
    const end = isStopped ? { role: "stopped" as const } : { role: "failed" as const, reason: why };
    this.#status = { ...this.#status, replica: { ...this.#status.replica, ...end } };
    this.#remote.close();
    this.#asks.failAll(why);
    if (isStopped) return;
    this.#end.resolve(why);
    // What it holds is given back, where it still can.
    this.stop(0).catch(() => {});
  }
}

/** An answer that says that it took too long comes at this time at the latest. */
const ANSWER_GRACE_MS = 2_000;
