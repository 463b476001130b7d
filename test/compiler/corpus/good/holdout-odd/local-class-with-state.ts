import { step, workflow } from "raftoral";

const send = step("send", async (batch: readonly string[]) => batch.length);
class Buffer2 {
  #items: string[] = [];
  constructor(private readonly size: number) {}
  add(item: string): boolean {
    this.#items.push(item);
    return this.#items.length >= this.size;
  }
  drain(): readonly string[] {
    const all = this.#items;
    this.#items = [];
    return all;
  }
}

export const buffered = workflow({
  name: "buffered",
  run: function* (items: readonly string[]) {
    const buffer = new Buffer2(10);
    let sent = 0;
    for (const item of items) if (buffer.add(item)) sent += yield* send(buffer.drain());
    return sent + (yield* send(buffer.drain()));
  },
});
