// Between the two sides of a node: the engine, which runs no user code, and the side that does.
// Both may be in one thread, or the engine in one of its own (docs/decisions/0008).

import type { Admin } from "../client/admin.ts";
import type { Gateway } from "../client/gateway.ts";
import type { ReplicaCounters, ReplicaStatus } from "../replica/options.ts";
import type { NodeId } from "../std/ids.ts";
import type { Activity } from "../workflow/runner/port.ts";
import type { GroupEvent, GroupMachine } from "./group-machine.ts";
import type { DiskUse } from "./identity.ts";

/**
 * 1. `machine` is read, never written. It changes in log order, and its listener is told after it
 *    did; nothing is told before `open`.
 * 2. A command that was accepted is proposed until this node applied it or stops; in the order of
 *    the calls as long as nothing is lost.
 * 3. Every promise settles: the rejections are RaftoralErrors.
 */
export interface EnginePort {
  readonly identity: EngineIdentity;
  readonly machine: GroupMachine;
  readonly gateway: Gateway;
  readonly admin: Admin;
  /** Once; settles when this process was announced and may own runs. */
  open(listener: EngineListener): Promise<void>;
  /** `overloaded`: nothing was taken. @throws RaftoralError `payload-too-large` */
  submit(command: Uint8Array): "accepted" | "overloaded";
  /** Told by the user's side what it runs: a loop that stands still can say nothing itself. */
  readonly activity: Activity;
  status(): EngineStatus;
  stop(drainMs: number): Promise<void>;
  leave(drainMs: number): Promise<void>;
  /** With the reason, where it stopped by itself. */
  readonly ended: Promise<Error | undefined>;
}

/** Who this process is among the members. */
export interface EngineIdentity {
  readonly clusterUuid: string;
  readonly node: NodeId;
  /** Of this process's announcements. */
  readonly nonce: string;
}

export interface EngineListener {
  /** Hints of what was applied, in log order. */
  onApplied(events: readonly GroupEvent[]): void;
  /** Anything in the machine may have changed. */
  onRestored(): void;
  /** Nothing is applied any more. */
  onEnded(why: Error): void;
}

export interface EngineStatus {
  readonly replica: ReplicaStatus;
  readonly counters: ReplicaCounters;
  readonly transport: Readonly<Record<string, number>>;
  readonly disk: DiskUse | undefined;
}
