// What happened, typed: for metrics, tests and renderers. The core holds no log text.

import type { Index, NodeId, Term } from "../std/ids.ts";
import type { MessageType } from "./message.ts";

export type TraceEvent =
  | { readonly kind: "became-follower"; readonly id: NodeId; readonly term: Term }
  | { readonly kind: "became-pre-candidate"; readonly id: NodeId; readonly term: Term }
  | { readonly kind: "became-candidate"; readonly id: NodeId; readonly term: Term }
  | { readonly kind: "became-leader"; readonly id: NodeId; readonly term: Term }
  | {
      readonly kind: "higher-term-seen";
      readonly id: NodeId;
      readonly term: Term;
      readonly from: NodeId;
      readonly type: MessageType;
      readonly higher: Term;
    }
  | { readonly kind: "vote-cast"; readonly id: NodeId; readonly for: NodeId; readonly term: Term }
  | {
      readonly kind: "vote-refused";
      readonly id: NodeId;
      readonly for: NodeId;
      readonly term: Term;
    }
  | { readonly kind: "quorum-lost"; readonly id: NodeId; readonly term: Term }
  | { readonly kind: "conflict-truncated"; readonly id: NodeId; readonly at: Index }
  | { readonly kind: "snapshot-restored"; readonly id: NodeId; readonly index: Index };
