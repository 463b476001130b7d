// What the pages' blocks take as known: each is compiled as if these stood around it. A script, not
// a module, and no part of the project: its names would be everybody's.

interface Order {
  readonly id: string;
  readonly total: number;
}
interface Receipt {
  readonly id: string;
}
type Workflow<I, O> = import("raftoral").Workflow<I, O>;

declare const order: Order;
declare const receipt: Receipt;
declare function pay(order: Order, idempotencyKey: string): Promise<Receipt>;
declare const charge: import("../../src/workflow/dsl/step.ts").Step<Order, Receipt>;
declare const processOrder: Workflow<Order, { order: string; receipt: Receipt }>;
declare const workflows: readonly import("raftoral").AnyWorkflow[];
declare const node: import("raftoral").Node;
declare const startNode: typeof import("raftoral").startNode;
declare const key: Uint8Array;
declare const approval: import("raftoral").Signal<{ readonly ok: boolean }>;
declare const assert: typeof import("uvu/assert");

// docs/concepts/raft.md is about what is not exported.
declare const RawNode: typeof import("../../src/raft/raw-node.ts").RawNode;
declare const config: import("../../src/raft/config.ts").RaftConfig;
declare const message: import("../../src/raft/message.ts").Message;
declare const bytes: Uint8Array;

declare module "credit-scores" {
  export const score: (income: number) => number;
}
