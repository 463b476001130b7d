import { step, workflow } from "raftoral";

const send = step("send", async (chunk: readonly string[]) => chunk.length);

function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}

export const bulk = workflow({
  name: "bulk",
  run: function* (addresses: readonly string[]) {
    let sent = 0;
    for (const chunk of chunks(addresses, 50)) sent += yield* send(chunk);
    return sent;
  },
});
