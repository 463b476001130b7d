import { type Node, race, receive, signal, sleep, workflow } from "raftoral";

// Runs that sleep for a day, until they are woken: `order-0`, `order-1` and so on.

const AT_ONCE = 2_000;

export const wake = signal<number>("wake");

export const sleeper = workflow({
  name: "sleeper",
  run: function* (order: { readonly id: string; readonly quantity: number }) {
    const woken = yield* race([sleep("1 day"), receive(wake)]);
    return woken.tag === 1 ? woken.value + order.quantity : 0;
  },
});

export async function startSleepers(node: Node, runs: number): Promise<void> {
  for (let from = 0; from < runs; from += AT_ONCE) {
    const length = Math.min(AT_ONCE, runs - from);
    const ids = Array.from({ length }, (_, i) => `order-${from + i}`);
    await Promise.all(ids.map((id) => node.start(sleeper, { id, quantity: 1 }, { id })));
  }
}
