import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  all,
  checkpoint,
  child,
  compute,
  connect,
  memoryNetwork,
  RaftoralError,
  receive,
  signal,
  sleep,
  startNode,
  variable,
  WorkflowConflict,
  WorkflowTimedOut,
  workflow,
} from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readHistory } from "../../src/workflow/history/read-history-codec.ts";
import { Body } from "../../src/workflow/interpreter/body.ts";
import { createValueCodec } from "../../src/workflow/values/codec.ts";
import { codeOf } from "../fixtures/code-of.ts";

/** What stands around a run: from a member and from a process that is none. */
const test = suite("scenario: runs from outside");

const go = signal<number>("go");

const busy = workflow({
  name: "busy",
  run: function* (input: { readonly from: number }) {
    const at = yield* variable("at", input.from);
    for (let i = 0; i < 3; i++) yield* checkpoint("mark", new Date(i));
    yield* sleep("1ms");
    const got = yield* compute("get", () => input.from * 2);
    yield* at.set(got);
    return (yield* receive(go)) + got;
  },
});

const linesOf = async (lines: AsyncIterable<string>): Promise<readonly string[]> => {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
};

test("a history is the same from member and client, and replays to the run's outcome", async () => {
  const network = memoryNetwork();
  const options = { network, logLevel: "silent" } as const;
  const node = await startNode({ workflows: [busy], boot: "bootstrap", ...options });
  const client = await connect(options);
  const run = await client.start(busy, { from: 4 }, { id: "one" });
  await run.signal(go, 100);
  assert.is(await run.result(), 108);

  const lines = await linesOf(run.history());
  assert.equal(lines, await linesOf(node.get(busy, "one").history()));
  const { journal } = readHistory(lines);
  const codec = createValueCodec();
  const body = new Body({ run: (input) => busy.run(input as never), journal, codec });
  const advance = body.advance("replay", 1_000);
  assert.is(advance.kind, "finished");
  assert.equal(advance, { kind: "finished", outcome: { ok: true, value: codec.encode(108) } });
  const missing = await linesOf(node.get(busy, "two").history()).catch((error) => error);
  assert.ok(missing instanceof RaftoralError && missing.code === "workflow-not-found");
  await client.close();
  await node.stop();
});

const waiting = workflow({
  name: "waiting",
  run: function* () {
    return yield* receive(go);
  },
});

const trip = workflow({
  name: "trip",
  run: function* () {
    yield* all([
      sleep("1 day"),
      receive(go, { timeout: "2 days" }),
      compute("never", () => new Promise<number>(() => {})),
      child(waiting, undefined, { id: "trip-child" }),
    ]);
  },
});

test("a description tells what a run waits for; from a client too", async () => {
  const network = memoryNetwork();
  const options = { network, logLevel: "silent" } as const;
  const node = await startNode({ workflows: [trip, waiting], boot: "bootstrap", ...options });
  const client = await connect(options);
  await node.start(trip, undefined, { id: "t" });
  const later = await node.start(waiting, undefined, { id: "l", delay: "1 day", timeout: "1 h" });
  for (const door of [node, client]) {
    let told = await door.get(trip, "t").describe();
    while (told.waitsFor.length === 0) told = await door.get(trip, "t").describe();
    const { startedAt, waitsFor } = told;
    const [slept, received, called, started] = waitsFor;
    const day = new Date(startedAt.getTime() + 86_400_000);
    assert.equal(slept, { kind: "sleep", path: "0.0.0", until: day });
    const until = new Date(startedAt.getTime() + 2 * 86_400_000);
    assert.equal(received, { kind: "receive", path: "0.1.0", signal: "go", until });
    assert.equal(called, { kind: "compute", path: "0.2.0", name: "never", attempt: 1 });
    const workflowId = "trip-child";
    assert.equal(started, { kind: "child", path: "0.3.0", workflow: "waiting", workflowId });
    const delayed = await door.get(waiting, "l").describe();
    assert.equal(delayed.waitsFor, [{ kind: "start", until: delayed.startedAt }]);
    assert.is(delayed.timesOutAt?.getTime(), delayed.startedAt.getTime() + 3_600_000);
  }
  await later.cancel("no more");
  assert.match(String(await later.result().catch((error) => error)), /no more/);
  await client.close();
  await node.stop({ drain: 0 });
});

test("what is no signal, reason or place is refused in words, by a client too", async () => {
  const options = { network: memoryNetwork(), logLevel: "silent" } as const;
  const node = await startNode({ workflows: [waiting], boot: "bootstrap", ...options });
  const client = await connect(options);
  await node.start(waiting, undefined, { id: "w" });
  for (const run of [node.get(waiting, "w"), client.get(waiting, "w")]) {
    for (const act of [
      () => run.signal(undefined as never, 1 as never),
      () => run.signal("go" as never, 1 as never),
      () => run.cancel(5 as never),
      () => run.terminate({} as never),
      () => run.reset(undefined as never),
      () => run.reset({ to: 5 } as never),
    ]) {
      assert.is(await codeOf(act), "invalid-argument", String(act));
    }
  }
  assert.is((await node.get(waiting, "w").describe()).status, "running");
  await client.close();
  await node.stop({ drain: 0 });
});

test("a watch tells each state from the present one to the end; from a client too", async () => {
  const network = memoryNetwork();
  const options = { network, logLevel: "silent" } as const;
  const node = await startNode({ workflows: [waiting], boot: "bootstrap", ...options });
  const client = await connect(options);
  const began = performance.now();
  for (const [id, door] of [
    ["n", node],
    ["c", client],
  ] as const) {
    const run = await door.start(waiting, undefined, { id });
    const states: string[] = [];
    for await (const { status, waitsFor } of run.watch()) {
      const wait = waitsFor[0]?.kind;
      if (wait === "receive" && states.at(-1) !== "running receive") await run.signal(go, 7);
      states.push(`${status} ${wait ?? ""}`);
    }
    assert.is(states[0], "running ");
    assert.ok(states.includes("running receive"), states.join());
    assert.is(states.at(-1), "completed ");
    // Of a run that has ended there is one state.
    for await (const { status } of run.watch()) assert.is(status, "completed");
    const nothing = door.get(waiting, "nothing").watch().next();
    assert.match(String(await nothing.catch((error: Error) => error)), /no run has the id/);
  }
  // Told when it happens: not when a question that is open for 5 s is asked anew.
  assert.ok(performance.now() - began < 9_000);
  const open = await node.start(waiting, undefined, { id: "open" });
  const abort = new AbortController();
  const watch = open.watch({ signal: abort.signal });
  await watch.next();
  await watch.next();
  const third = watch.next();
  abort.abort(new Error("enough"));
  assert.match(String(await third.catch((error: Error) => error)), /enough/);
  await client.close();
  await node.stop({ drain: 0 });
});

const impure = workflow({
  name: "impure",
  run: function* () {
    const made = yield* compute("made", () => Date.now() > 0 && Math.random() < 1);
    return [made, Date.now() > 0];
  },
});

test("traps: a workflow that asks the platform fails by its code, or is free", async () => {
  for (const traps of ["throw", "off"] as const) {
    const node = await startNode({ workflows: [impure], logLevel: "silent", traps });
    const run = await node.start(impure, undefined);
    const result = await run.result().catch((error: Error) => error);
    if (traps === "off") assert.equal(result, [true, true]);
    else {
      assert.ok(result instanceof RaftoralError && result.cause instanceof Error);
      assert.is(Reflect.get(result.cause, "code"), "not-deterministic");
      assert.match(result.cause.stack ?? "", /outside\.test\.ts/);
    }
    await node.stop();
  }
});

const version = { isNew: false };
const changing = workflow({
  name: "changing",
  run: function* () {
    if (version.isNew) yield* checkpoint("added", 1);
    yield* checkpoint("begun", 1);
    return yield* receive(go);
  },
});

test("a divergence tells what is recorded, what was done, and where in the source", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "diverged-"));
  const options = { dataDir, logLevel: "silent", workflows: [changing] } as const;
  const before = await startNode(options);
  const started = await before.start(changing, undefined, { id: "c" });
  while ((await started.describe()).waitsFor.length === 0);
  await before.stop();
  version.isNew = true;
  const node = await startNode(options);
  const run = node.get(changing, "c");
  let told = await run.describe();
  for await (told of run.watch()) if (told.status === "parked") break;
  const { path, recorded, actual, source = "" } = told.divergence ?? {};
  assert.equal([path, recorded, actual], ["0", "checkpoint begun", "checkpoint added"]);
  assert.match(source, /outside\.test\.ts:\d+:\d+$/);
  // Mended, it goes on where it stood.
  version.isNew = false;
  await run.resume();
  await run.signal(go, 3);
  assert.is(await run.result(), 3);
  await node.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const priced = { price: 1, asked: 0 };
const shop = workflow({
  name: "shop",
  run: function* () {
    const stock = yield* compute("stock", () => ++priced.asked);
    return [stock, yield* compute("price", () => priced.price)];
  },
});

test("reset: effects are done anew from a path on; from a client too", async () => {
  const network = memoryNetwork();
  const options = { network, logLevel: "silent" } as const;
  const node = await startNode({ workflows: [shop], boot: "bootstrap", ...options });
  const client = await connect(options);
  for (const [id, door] of [
    ["n", node],
    ["c", client],
  ] as const) {
    const run = await door.start(shop, undefined, { id });
    const [stock, price] = await run.result();
    const before = await run.describe();
    priced.price++;
    await run.reset({ to: "1" });
    assert.equal(await run.result(), [stock, (price ?? 0) + 1]);
    assert.is.not((await run.describe()).runId, before.runId);
    const kept = await linesOf(run.history());
    assert.ok(kept.some((line) => line.includes("originId")));
    const nowhere = await run.reset({ to: "9" }).catch((error) => error);
    assert.ok(nowhere instanceof RaftoralError && nowhere.code === "invalid-argument");
    assert.match(nowhere.message, /no record at the path "9"/);
    const listed = (await door.list({ idPrefix: id })).runs.map(({ status }) => status);
    assert.equal(listed, ["completed", "completed"], "the first one is kept");
  }
  await client.close();
  await node.stop({ drain: 0 });
});

test("start options: conflicts, tags, time-out, owners; the same from a client", async () => {
  const network = memoryNetwork();
  const options = { network, logLevel: "silent" } as const;
  const node = await startNode({ workflows: [waiting, busy], boot: "bootstrap", ...options });
  const client = await connect(options);
  for (const door of [node, client]) {
    const id = `one-${door.name}`;
    const run = await door.start(waiting, undefined, { id, tags: { city: "Bern" } });
    assert.equal((await run.describe()).tags, { city: "Bern" });
    const taken = await door
      .start(waiting, undefined, { id, onConflict: "fail" })
      .catch((error) => error);
    assert.instance(taken, WorkflowConflict);
    const replaced = await door.start(waiting, undefined, {
      id,
      onConflict: "replace",
      tags: { city: "Bern", size: "L" },
      owner: "leader",
    });
    assert.equal((await replaced.describe()).tags, { city: "Bern", size: "L" });
    const late = await door.start(waiting, undefined, {
      id: `late-${door.name}`,
      timeout: "50ms",
      retention: "1 day",
      owner: "balanced",
    });
    assert.instance((await late.describe()).timesOutAt, Date);
    assert.instance(await late.result().catch((error) => error), WorkflowTimedOut);
    assert.is((await late.describe()).status, "timed-out");
    const found = await door.list({ tags: { size: "L" }, idPrefix: id, version: 1 });
    assert.equal(
      found.runs.map(({ workflowId }) => workflowId),
      [id],
    );
    await replaced.terminate();
  }
  assert.equal(await client.versions(), [{ name: "waiting", version: 1, open: 0, ended: 6 }]);
  for (const bad of [
    { onConflict: "merge" as "join" },
    { owner: "me" as "leader" },
    { tags: { "": "x" } },
    { tags: { a: 1 as unknown as string } },
    { timeout: -1 },
  ]) {
    const refused = await node.start(waiting, undefined, bad).catch((error) => error);
    assert.is(refused.code, "invalid-argument", JSON.stringify(bad));
  }
  await client.close();
  await node.stop();
});

test.run();
