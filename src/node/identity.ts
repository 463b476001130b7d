// Who a node is, kept with its log: it comes back as the same node,
// or, with a wiped disk, as a new one.

import { type NodeId, nodeId } from "../std/ids.ts";
import { createMemoryLogStore, MemoryDisk } from "../storage/memory.ts";
import { MemorySnapshots } from "../storage/memory-snapshots.ts";
import type { LogStore } from "../storage/port.ts";
import type { SnapshotStore } from "../storage/snapshot-port.ts";

/** The founder is always the first node. */
export const FOUNDER: NodeId = nodeId(1);

export interface Identity {
  readonly clusterUuid: string;
  readonly node: NodeId;
  /** Random, of this disk: asking to join twice gives one id. */
  readonly nonce: string;
  readonly isFounder: boolean;
  /** By which the others find it; undefined: an earlier build did not keep it. */
  readonly name?: string | undefined;
  /** Codec and types of its last life: with others it asks the members before it comes back. */
  readonly valueTerms?: string | undefined;
}

/** Kept before anybody counts on it (SEMANTICS 26): whom this blank directory lets found. */
export interface Pledge {
  /** The name of the founder; this node's own, if it is the one. */
  readonly founder: string;
  /** The founder's, of its directory: a wiped one is another founder. */
  readonly nonce: string;
}

/** What a node's directory takes. */
export interface DiskUse {
  readonly logBytes: number;
  readonly snapshotBytes: number;
  /** Left on the file system, as far as it says. */
  readonly freeBytes: number;
}

/** What outlives the process. */
export interface NodeHome {
  /** Where it is, for people. */
  readonly place: string;
  readonly identity: Identity | undefined;
  readonly pledge: Pledge | undefined;
  /** Settles when it survives a crash. */
  keep(identity: Identity): Promise<void>;
  /** Settles when it survives a crash. */
  keepPledge(pledge: Pledge): Promise<void>;
  /** @throws RaftoralError `log-damaged` */
  openLog(): Promise<LogStore>;
  openSnapshots(): Promise<SnapshotStore>;
  /** undefined: in memory. */
  use(): Promise<DiskUse | undefined>;
  /** Lets another process have it. The log is closed by who uses it. */
  leave(): Promise<void>;
}

/** A home in memory: tests give it to one life after the other. */
export interface NodeDisk {
  readonly log: MemoryDisk;
  readonly snapshots: MemorySnapshots;
  identity: Identity | undefined;
  pledge: Pledge | undefined;
}

export const createNodeDisk = (): NodeDisk => ({
  log: new MemoryDisk(),
  snapshots: new MemorySnapshots(),
  identity: undefined,
  pledge: undefined,
});

export const memoryHome = (disk: NodeDisk = createNodeDisk()): NodeHome => ({
  place: "memory",
  identity: disk.identity,
  pledge: disk.pledge,
  keep: async (identity) => {
    disk.identity = identity;
  },
  keepPledge: async (pledge) => {
    disk.pledge = pledge;
  },
  openLog: async () => createMemoryLogStore({ disk: disk.log }),
  openSnapshots: async () => disk.snapshots,
  use: async () => undefined,
  leave: async () => {},
});
