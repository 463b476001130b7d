// Who a node is, kept with its log: it comes back as the same node,
// or, with a wiped disk, as a new one.

import type { NodeId } from "../std/ids.ts";
import { MemoryDisk } from "../storage/memory.ts";

export interface Identity {
  readonly clusterUuid: string;
  readonly node: NodeId;
  /** Random, of this disk: asking to join twice gives one id. */
  readonly nonce: string;
  readonly isFounder: boolean;
}

/** What outlives the process. */
export interface NodeDisk {
  readonly log: MemoryDisk;
  identity: Identity | undefined;
}

export const createNodeDisk = (): NodeDisk => ({ log: new MemoryDisk(), identity: undefined });
