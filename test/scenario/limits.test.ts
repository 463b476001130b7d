import {
  checkpoint,
  compute,
  type Node,
  RaftoralError,
  receive,
  signal,
  startNode,
  step,
  workflow,
} from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";

/** What docs/concepts/limits.md says that a caller meets: typed errors, and nothing is proposed. */
const test = suite("scenario: limits");

const note = signal<string>("note");
const large = "x".repeat(2_000);
const attempt = (act: () => Promise<unknown>): Promise<string> =>
  act().then(
    () => "nothing was thrown",
    (error: unknown) => (error instanceof RaftoralError ? error.code : String(error)),
  );

const echo = workflow({
  name: "echo",
  run: function* (text: string) {
    return `${text} ${yield* receive(note)}`;
  },
});
const inside = workflow({
  name: "inside",
  run: function* (length: number) {
    const codes: unknown[] = [];
    const text = "x".repeat(length);
    for (const effect of [checkpoint("mark", text), compute("make", () => text), take({ text })]) {
      try {
        yield* effect;
      } catch (error) {
        codes.push(Object(error).code);
      }
    }
    return codes;
  },
});
const take = step("take", ({ text }: { readonly text: string }) => text.length);
const marks = workflow({
  name: "marks",
  run: function* (count: number) {
    for (let i = 0; i < count; i++) yield* checkpoint("mark", i);
    yield* receive(note);
  },
});

async function withNode(
  options: Partial<Parameters<typeof startNode>[0]>,
  act: (node: Node) => Promise<void>,
): Promise<void> {
  const workflows = [echo, inside, marks, ...(options.workflows ?? [])];
  const node = await startNode({ logLevel: "silent", ...options, workflows });
  try {
    await act(node);
  } finally {
    await node.stop({ drain: 0 });
  }
}

test("a value over maxPayloadBytes is refused by whoever brings it, and nothing is recorded", () =>
  withNode({ maxPayloadBytes: 1_000 }, async (node) => {
    const code = await attempt(() => node.start(echo, large, { id: "large" }));
    assert.is(code, "payload-too-large");
    assert.equal((await node.list()).runs, []);
    const run = await node.start(echo, "a", { id: "small" });
    const { records } = await run.describe();
    assert.is(await attempt(() => run.signal(note, large)), "payload-too-large");
    assert.is((await run.describe()).records, records);
    await run.signal(note, "b");
    assert.is(await run.result(), "a b");
    const codes = await (await node.start(inside, 2_000)).result();
    assert.equal(codes, ["payload-too-large", "payload-too-large", "payload-too-large"]);
  }));

test("one mebibyte is the default", () =>
  withNode({}, async (node) => {
    const fits = await node.start(echo, "x".repeat(1_000_000));
    await fits.signal(note, "b");
    assert.is((await fits.result()).length, 1_000_002);
    const code = await attempt(() => node.start(echo, "x".repeat(1_048_576)));
    assert.is(code, "payload-too-large");
  }));

test("a journal says when it is half full, by its records", () =>
  withNode({}, async (node) => {
    for (const [count, isHalfFull] of [
      [4_000, false],
      [5_001, true],
    ] as const) {
      const run = await node.start(marks, count);
      while ((await run.describe()).records < count)
        await new Promise((next) => setTimeout(next, 5));
      assert.is((await run.describe()).isJournalHalfFull, isHalfFull);
      await run.terminate();
    }
  }));

test("no more effect bodies than maxConcurrentEffects are under way at once", async () => {
  let underWay = 0;
  let most = 0;
  const busy = workflow({
    name: "busy",
    run: function* () {
      return yield* compute("work", async () => {
        most = Math.max(most, ++underWay);
        for (let i = 0; i < 5; i++) await new Promise((next) => setImmediate(next));
        underWay--;
        return 1;
      });
    },
  });
  await withNode({ workflows: [busy], maxConcurrentEffects: 3 }, async (node) => {
    const runs = await Promise.all(Array.from({ length: 20 }, () => node.start(busy, undefined)));
    const results = await Promise.all(runs.map((run) => run.result()));
    assert.is(results.length, 20);
  });
  assert.is(most, 3);
});

test("ids, names, tags and pages have lengths, told before anything is asked", () =>
  withNode({}, async (node) => {
    const tags = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, "v"]));
    const bad: readonly (() => Promise<unknown>)[] = [
      () => node.start(echo, "a", { id: "i".repeat(257) }),
      () => node.start(echo, "a", { id: "" }),
      () => node.start(echo, "a", { tags: tags(17) }),
      () => node.start(echo, "a", { tags: { ["k".repeat(65)]: "v" } }),
      () => node.start(echo, "a", { tags: { k: "v".repeat(257) } }),
      () => node.get(echo, "a").signal(note, "b", { id: "i".repeat(257) }),
      () => node.list({ limit: 1_001 }),
      async () => workflow({ name: "n".repeat(201), run: function* () {} }),
      async () => signal("n".repeat(201)),
      async () => step("n".repeat(201), () => 1),
    ];
    for (const act of bad) assert.is(await attempt(act), "invalid-argument", String(act));
    await node.start(echo, "a", { id: "i".repeat(256), tags: tags(16) });
    assert.is((await node.list({ limit: 1_000 })).runs.length, 1);
  }));

test.run();
