import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Transport, TransportHandlers } from "../../src/transport/port.ts";
import { codeOf } from "../fixtures/code-of.ts";

/** A fresh network for one test. */
export interface TransportWorld {
  join(name: string): Promise<Transport>;
  /** Waits until `isSo`, or fails after a time that suits the network. */
  until(isSo: () => boolean): Promise<void>;
  /** Long enough that what would arrive has arrived. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

const SILENT: TransportHandlers = {
  onMessage: () => {},
  onRequest: async () => new Uint8Array(),
  onUndelivered: () => {},
};

/** The promises of `transport/port.ts`, by their numbers. */
export function transportContract(name: string, open: () => Promise<TransportWorld>): void {
  const test = suite(`transport contract: ${name}`);

  const law = (title: string, body: (world: TransportWorld) => Promise<void>): void =>
    test(title, async () => {
      const world = await open();
      try {
        await body(world);
      } finally {
        await world.close();
      }
    });

  law("2: what arrives is equal to what was sent, and says by whom", async (world) => {
    const [a, b] = [await world.join("a"), await world.join("b")];
    const got: { from: string; body: Uint8Array }[] = [];
    b.listen({ ...SILENT, onMessage: (from, body) => got.push({ from, body }) });
    const sent = [new Uint8Array(), new Uint8Array([0, 255, 10]), new Uint8Array(100_000).fill(7)];
    for (const body of sent) a.send("b", body);
    await world.until(() => got.length === 3);
    assert.equal(
      got.map(({ body }) => body),
      sent,
    );
    assert.equal([...new Set(got.map(({ from }) => from))], ["a"]);
  });

  law("2: changing a body after it was sent changes nothing that arrives", async (world) => {
    const [a, b] = [await world.join("a"), await world.join("b")];
    const got: number[] = [];
    b.listen({ ...SILENT, onMessage: (_from, body) => got.push(body[0] ?? -1) });
    const body = new Uint8Array([1]);
    a.send("b", body);
    body[0] = 2;
    await world.until(() => got.length === 1);
    assert.equal(got, [1]);
  });

  law("a receiver never runs inside the send", async (world) => {
    const [a, b] = [await world.join("a"), await world.join("b")];
    let count = 0;
    b.listen({ ...SILENT, onMessage: () => count++ });
    a.send("b", new Uint8Array([1]));
    assert.is(count, 0);
    await world.until(() => count === 1);
  });

  law("3: a request gets the reply of its own, also when many are under way", async (world) => {
    const [a, b] = [await world.join("a"), await world.join("b")];
    b.listen({ ...SILENT, onRequest: async (_from, body) => new Uint8Array([(body[0] ?? 0) * 2]) });
    const asked = [1, 2, 3, 4, 5];
    const replies = asked.map((n) => a.request("b", new Uint8Array([n]), { timeoutMs: 5_000 }));
    await world.until(settled(replies));
    const got = await Promise.all(replies);
    assert.equal(
      got.map((reply) => reply[0]),
      [2, 4, 6, 8, 10],
    );
  });

  law("3: a request that is not answered ends by its time-out", async (world) => {
    const [a, b] = [await world.join("a"), await world.join("b")];
    b.listen({ ...SILENT, onRequest: () => new Promise(() => {}) });
    assert.is(await refusal(world, a, { to: "b", timeoutMs: 30 }), "timed-out");
  });

  law("3: a handler that rejects leaves the asker with its time-out", async (world) => {
    const [a, b] = [await world.join("a"), await world.join("b")];
    b.listen({ ...SILENT, onRequest: () => Promise.reject(new Error("cannot")) });
    assert.is(await refusal(world, a, { to: "b", timeoutMs: 30 }), "timed-out");
  });

  law("3: a request to a name that nobody holds is refused at once", async (world) => {
    const a = await world.join("a");
    assert.is(await refusal(world, a, { to: "nobody", timeoutMs: 60_000 }), "no-responders");
  });

  law("1, 5: a send to a name that nobody holds does not throw, and hints", async (world) => {
    const a = await world.join("a");
    const hints: string[] = [];
    a.listen({ ...SILENT, onUndelivered: (to, why) => hints.push(`${to} ${why}`) });
    a.send("nobody", new Uint8Array([1]));
    await world.until(() => hints.length > 0);
    assert.equal(hints, ["nobody no-responders"]);
  });

  law("what is larger than maxBodyBytes is refused as such", async (world) => {
    const [a, b] = [await world.join("a"), await world.join("b")];
    const hints: string[] = [];
    a.listen({ ...SILENT, onUndelivered: (to, why) => hints.push(`${to} ${why}`) });
    let count = 0;
    b.listen({ ...SILENT, onMessage: () => count++ });
    const large = new Uint8Array(a.maxBodyBytes + 1);
    a.send("b", large);
    const reply = a.request("b", large, { timeoutMs: 1_000 });
    await world.until(settled([reply]));
    assert.is(await codeOf(reply), "payload-too-large");
    await world.quiet();
    assert.is(count, 0);
    assert.equal(hints, ["b too-large"]);
  });

  law("4: after close nothing arrives, nothing is sent, and requests end", async (world) => {
    const [a, b] = [await world.join("a"), await world.join("b")];
    let count = 0;
    a.listen({ ...SILENT, onMessage: () => count++ });
    b.listen({ ...SILENT, onMessage: () => count++, onRequest: () => new Promise(() => {}) });
    const waiting = a.request("b", new Uint8Array(), { timeoutMs: 60_000 });
    b.send("a", new Uint8Array([1]));
    a.close();
    a.send("b", new Uint8Array([1]));
    await world.until(settled([waiting]));
    assert.is(await codeOf(waiting), "node-stopped");
    await world.quiet();
    assert.is(count, 0);
    a.close();
  });

  law("peers names the others, never itself", async (world) => {
    const [a, b] = [await world.join("a"), await world.join("b")];
    a.listen(SILENT);
    b.listen(SILENT);
    await world.quiet();
    const seen = [a.peers({ timeoutMs: 1_000 }), b.peers({ timeoutMs: 1_000 })];
    await world.until(settled(seen));
    assert.equal(await Promise.all(seen), [["b"], ["a"]]);
  });

  test.run();
}

async function refusal(
  world: TransportWorld,
  from: Transport,
  options: { readonly to: string; readonly timeoutMs: number },
): Promise<string> {
  const reply = from.request(options.to, new Uint8Array([1]), options);
  await world.until(settled([reply]));
  return codeOf(reply);
}

function settled(promises: readonly Promise<unknown>[]): () => boolean {
  let left = promises.length;
  const done = (): void => {
    left--;
  };
  for (const promise of promises) promise.then(done, done);
  return () => left === 0;
}
