// run: own process
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkpoint,
  child,
  compute,
  connect,
  continueAsNew,
  type Gen,
  memoryNetwork,
  type Node,
  type PayloadCodec,
  RaftoralError,
  receive,
  signal,
  startNode,
  step,
  valueType,
  variable,
  workflow,
} from "raftoral";
import { replayHistory, TestEngine } from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { aesGcm } from "../../examples/values/aes-gcm.ts";
import { nodeConfig } from "../../src/node/config.ts";
import { openDiskHome } from "../../src/node/disk-home.ts";
import { realPorts } from "../../src/node/ports.ts";
import { startNodeIn } from "../../src/node/start-node.ts";
import { createMemoryNetwork } from "../../src/transport/memory.ts";
import type { Transport } from "../../src/transport/port.ts";
import { codeOf } from "../fixtures/code-of.ts";
import { until } from "../fixtures/until.ts";

/** What a user's codec seals is nowhere else: not on the disk, not on the wire. */
const test = suite("scenario: values sealed by a codec", { limitMs: 60_000 });

const SECRET = "open sesame";
const key = (seed: number): Uint8Array => new Uint8Array(32).fill(seed);
const sealing = aesGcm(new Map([[1, key(1)]]));

const note = signal<string>("note");
const fetchIt = step(
  "fetch",
  async (text: string, fx) => {
    fx.heartbeat({ text });
    if (fx.attempt === 1) throw Object.assign(new Error(`no ${text}`), { text });
    return { text, last: fx.lastHeartbeat };
  },
  { retry: { attempts: 2, backoff: "1ms" } },
);
const below = workflow({
  name: "below",
  run: function* (text: string) {
    if (text.endsWith("!")) throw new Error(`${text} it fails`);
    return yield* compute("shout", () => `${text}!`);
  },
});
/** Whatever has a value has the secret in it. */
const secretive = workflow({
  name: "secretive",
  run: function* ({ text, round }: { readonly text: string; readonly round: number }) {
    const kept = yield* variable("kept", new Map([[text, 1]]));
    yield* checkpoint("mark", { text });
    const fetched = yield* fetchIt(text);
    yield* kept.set(new Map([[fetched.text, 2]]));
    const told = yield* receive(note);
    const shout = yield* child(below, told);
    if (round === 0) return yield* continueAsNew({ text: shout.slice(0, -1), round: 1 });
    try {
      yield* child(below, shout);
    } catch (error) {
      yield* checkpoint("caught", error);
    }
    return { shout, fetched };
  },
});

async function inDirectory(act: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "codec-"));
  try {
    await act(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The secret as it may lie in bytes: as a text, in UTF-16, in base64 wherever it begins. */
const FORMS: readonly Buffer[] = [
  Buffer.from(SECRET),
  Buffer.from(SECRET, "utf16le"),
  ...[0, 1, 2].map((pad) => {
    const text = Buffer.from(`${"x".repeat(pad)}${SECRET}`).toString("base64");
    return Buffer.from(text.slice(4, 12));
  }),
];
const holdsSecret = (bytes: Buffer): boolean => FORMS.some((form) => bytes.includes(form));

function filesOf(dataDir: string): readonly { readonly name: string; readonly bytes: Buffer }[] {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true, encoding: "utf8" })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => ({ name, bytes: readFileSync(join(parentPath, name)) }));
}

/** What a node writes and sends while the secretive workflow runs on it. */
async function everythingOf(codec: PayloadCodec | undefined): Promise<readonly boolean[]> {
  const sent: Uint8Array[] = [];
  const ports = realPorts();
  const inner = createMemoryNetwork({ timers: ports.timers });
  const spied = (transport: Transport): Transport => ({
    ...transport,
    name: transport.name,
    maxBodyBytes: transport.maxBodyBytes,
    counters: transport.counters,
    send: (to, body) => {
      sent.push(body.slice());
      transport.send(to, body);
    },
    request: (to, body, options) => {
      sent.push(body.slice());
      return transport.request(to, body, options);
    },
    peers: (options) => transport.peers(options),
    listen: (handlers) => transport.listen(handlers),
    close: () => transport.close(),
  });
  const network = {
    join: (name: string) => spied(inner.join(name)),
    client: (name: string) => inner.client(name),
  };
  const values = codec === undefined ? {} : { codec };
  const base = { workflows: [secretive, below], network, logLevel: "silent", ...values } as const;
  const found: boolean[] = [];
  await inDirectory(async (dataDir) => {
    const limits = { replica: { snapshotEveryEntries: 10, trailingEntries: 0 } };
    const around = { ports, network, limits, home: await openDiskHome(dataDir) };
    const config = nodeConfig({ ...base, name: "a", boot: "bootstrap", dataDir });
    const { face: node } = await startNodeIn(config, around);
    const other = await startNode({ ...base, name: "b", boot: "join" });
    const client = await connect({ network, ...values });
    const run = await client.start(secretive, { text: SECRET, round: 0 }, { id: "run" });
    await run.signal(note, SECRET);
    await run.signal(note, SECRET);
    const { shout, fetched } = await run.result();
    assert.equal([shout, fetched.last], [`${SECRET}!`, { text: SECRET }]);
    assert.equal(await run.variable("kept"), new Map([[SECRET, 2]]));
    const lines: string[] = [];
    for await (const line of run.history()) lines.push(line);
    const replay = { codec };
    assert.is(replayHistory(lines, [secretive], replay).kind, "ok");
    await client.close();
    await other.stop({ drain: 0 });
    await node.stop({ drain: 0 });
    const files = filesOf(dataDir);
    assert.ok(files.some(({ name }) => /snapshot|chunk|body/.test(name) || name.length > 0));
    assert.ok(readdirSync(join(dataDir, "snapshots")).length > 0, "no snapshot was taken");
    found.push(files.some(({ bytes }) => holdsSecret(bytes)));
    found.push(holdsSecret(Buffer.from(lines.join("\n"))));
  });
  return [...found, sent.some((body) => holdsSecret(Buffer.from(body)))];
}

test("without a codec the secret is on the disk, in histories and on the wire", async () => {
  assert.equal(await everythingOf(undefined), [true, true, true]);
});

test("with one it is in none of them, whatever effect had it", async () => {
  assert.equal(await everythingOf(sealing), [false, false, false]);
});

for (const engine of ["inline", "worker"] as const) {
  test(`a node that comes back with a wrong key sets runs aside, and lives (${engine})`, () =>
    inDirectory(async (dataDir) => {
      const waits = workflow({
        name: "waits",
        run: function* (text: string) {
          const kept = yield* variable("kept", text);
          return `${kept.value} ${yield* receive(note)}`;
        },
      });
      const options = { workflows: [waits], dataDir, engine, logLevel: "silent" } as const;
      const start = (codec: PayloadCodec): Promise<Node> => startNode({ ...options, codec });
      const first = await start(sealing);
      const run = await first.start(waits, "a", { id: "run" });
      await until(async () => (await run.describe()).records > 1, "it has records");
      const done = await first.start(waits, "b", { id: "done" });
      await done.signal(note, "b");
      await done.result();
      await first.stop({ drain: 0 });

      const second = await start(aesGcm(new Map([[1, key(2)]])));
      const parked = second.get(waits, "run");
      await parked.signal(note, "c");
      await until(async () => (await parked.describe()).status === "parked", "it is parked");
      const { divergence } = await parked.describe();
      assert.match(divergence?.reason ?? "", /codec-failed|codec "aes-256-gcm"/);
      assert.is(await codeOf(() => second.get(waits, "done").result()), "codec-failed");
      assert.is(await codeOf(() => parked.variable("kept")), "codec-failed");
      const fresh = await second.start(waits, "d", { id: "fresh" });
      await fresh.signal(note, "e");
      assert.is(await fresh.result(), "d e");
      await second.stop({ drain: 0 });

      // The right key first, and the other one, under which the last signal was sent.
      const both = new Map([
        [1, key(1)],
        [2, key(2)],
      ]);
      const third = await start(aesGcm(both));
      await third.get(waits, "run").resume();
      const code = await codeOf(() => third.get(waits, "run").result({ timeout: "200ms" }));
      assert.is(code, "timed-out", "the signal of the wrong key is not readable for anybody");
      assert.is(await third.get(waits, "done").result(), "b b");
      await third.stop({ drain: 0 });
    }));
}

test("keys change: what was sealed by the old one is read, and new values have the new one", () =>
  inDirectory(async (dataDir) => {
    const keeps = workflow({
      name: "keeps",
      run: function* (text: string) {
        return `${text} ${yield* receive(note)}`;
      },
    });
    const start = (codec: PayloadCodec): Promise<Node> =>
      startNode({ workflows: [keeps], dataDir, codec, logLevel: "silent" });
    const before = await start(sealing);
    await before.start(keeps, "a", { id: "run" });
    await before.stop({ drain: 0 });
    const rotated = new Map([
      [2, key(2)],
      [1, key(1)],
    ]);
    const after = await start(aesGcm(rotated));
    await after.get(keeps, "run").signal(note, "b");
    assert.is(await after.get(keeps, "run").result(), "a b");
    await after.stop({ drain: 0 });
  }));

test("who has another codec is refused: joiners, those who come back, followers, clients", () =>
  inDirectory(async (dataDir) => {
    const network = memoryNetwork();
    const base = { workflows: [below], network, logLevel: "silent" } as const;
    const other = { ...sealing, name: "rot13" };
    const a = await startNode({ ...base, name: "a", boot: "bootstrap", codec: sealing });
    const asB = { ...base, name: "b", boot: "join" } as const;
    const error = await startNode(asB).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof RaftoralError);
    assert.is(error.code, "values-mismatch");
    assert.match(error.message, /it has codec none; types none; they have codec aes-256-gcm/);
    assert.is(await codeOf(() => startNode({ ...asB, codec: other })), "values-mismatch");
    assert.is(await codeOf(() => connect({ network })), "values-mismatch");
    assert.is(await codeOf(() => connect({ network, codec: other })), "values-mismatch");
    const b = await startNode({ ...asB, codec: sealing, dataDir });
    await b.stop({ drain: 0 });
    assert.is(await codeOf(() => startNode({ ...asB, dataDir })), "values-mismatch");
    const again = await startNode({ ...asB, codec: sealing, dataDir });
    await again.stop({ drain: 0 });
    await a.stop({ drain: 0 });

    const fresh = memoryNetwork();
    const expect = ["a", "b"];
    const both = { ...base, network: fresh, expect, discoveryTimeout: "2s" } as const;
    const codes = await Promise.all([
      codeOf(() => startNode({ ...both, name: "a", codec: sealing })),
      codeOf(() => startNode({ ...both, name: "b" })),
    ]);
    assert.is(codes[0], "values-mismatch");
  }));

test("types must be the same to join and to connect; who comes back may have more of them", () =>
  inDirectory(async (dataDir) => {
    class Money {
      readonly cents: number;
      constructor(cents: number) {
        this.cents = cents;
      }
    }
    const money = valueType({ name: "money", class: Money });
    const newer = valueType({ name: "money", version: 2, class: Money });
    const range = valueType({ name: "range", class: class Range {} });
    const doubles = workflow({
      name: "doubles",
      run: function* (price: Money) {
        const kept = yield* variable("kept", price);
        return yield* compute("double", () => new Money(2 * kept.value.cents));
      },
    });
    const network = memoryNetwork();
    const base = { workflows: [doubles], network, logLevel: "silent" } as const;
    const a = await startNode({ ...base, name: "a", boot: "bootstrap", types: [money] });
    const asB = { ...base, name: "b", boot: "join", dataDir } as const;
    for (const types of [[], [newer], [money, range]]) {
      assert.is(await codeOf(() => startNode({ ...asB, types })), "values-mismatch");
      assert.is(await codeOf(() => connect({ network, types })), "values-mismatch");
    }
    const b = await startNode({ ...asB, types: [money] });
    const client = await connect({ network, types: [money] });
    const run = await client.start(doubles, new Money(5), { id: "run", owner: "balanced" });
    const result = await run.result();
    assert.equal([result instanceof Money, result.cents], [true, 10]);
    assert.instance(await b.get(doubles, "run").variable("kept"), Money);
    await client.close();
    await b.stop({ drain: 0 });
    for (const types of [[], [newer], [range]]) {
      assert.is(await codeOf(() => startNode({ ...asB, types })), "values-mismatch");
    }
    const more = await startNode({ ...asB, types: [range, money] });
    assert.is((await more.get(doubles, "run").result()).cents, 10);
    await more.stop({ drain: 0 });
    await a.stop({ drain: 0 });
  }));

/** As a service of keys that is away for a while, from its n-th value on. */
class Moody implements PayloadCodec {
  readonly name = "moody";
  readonly #turn = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0x55);
  decode = this.#turn;
  left = Number.POSITIVE_INFINITY;

  encode = (bytes: Uint8Array): Uint8Array => {
    if (this.left-- <= 0) throw new Error("the key service is away");
    return this.#turn(bytes);
  };
}
const moody = (): Pick<Moody, "left"> & { readonly codec: PayloadCodec } => {
  const service = new Moody();
  const { name, encode, decode } = service;
  return {
    codec: { name, encode, decode },
    get left() {
      return service.left;
    },
    set left(left) {
      service.left = left;
    },
  };
};

for (const what of ["checkpoint", "set", "end", "failure", "next", "child"] as const) {
  test(`a codec that fails at a ${what} sets the run aside, and nothing is lost`, async () => {
    const service = moody();
    let bodies = 0;
    const flow = workflow({
      name: "flow",
      run: function* (at: number): Gen<unknown> {
        const seen = yield* variable("seen", 0);
        const value = yield* compute("go", () => ++bodies);
        try {
          if (what === "checkpoint") yield* checkpoint("kept", value);
          if (what === "set") yield* seen.set(value);
          if (what === "child") yield* child(below, "a");
        } catch {
          return "the workflow caught what was none of its affair";
        }
        if (what === "failure") throw new Error("failed as it should");
        if (what === "next" && at === 0) return yield* continueAsNew(1);
        return value;
      },
    });
    const workflows = [flow, below];
    const node = await startNode({ workflows, codec: service.codec, logLevel: "silent" });
    try {
      // The input, the variable, the result of the body; what comes next is what fails.
      service.left = 3;
      const run = await node.start(flow, 0, { id: "run" });
      await until(async () => (await run.describe()).status === "parked", "it is parked");
      const { reason, divergence } = await run.describe();
      assert.match(`${reason} ${divergence?.reason}`, /unserializable.*key service is away/);
      service.left = Number.POSITIVE_INFINITY;
      await run.resume();
      const end = await run.result().catch((error: unknown) => String(error));
      const last = what === "next" ? 2 : 1;
      assert.is(end, what === "failure" ? FAILED : last);
      assert.is(bodies, last);
    } finally {
      await node.stop({ drain: 0 });
    }
  });
}
const FAILED = "WorkflowFailed: run failed: Error: failed as it should";

test("a type that fails to read a recorded value sets the run aside: no divergence", async () => {
  class Money {
    readonly cents = 3;
  }
  let isBroken = true;
  const money = valueType({
    name: "money",
    isApplicable: (value): value is Money => value instanceof Money,
    serialize: ({ cents }) => cents,
    deserialize: () => {
      if (isBroken) throw new Error("no such currency");
      return new Money();
    },
  });
  const earn = workflow({
    name: "earn",
    run: function* () {
      return (yield* compute("earn", () => new Money())).cents;
    },
  });
  const node = await startNode({ workflows: [earn], types: [money], logLevel: "silent" });
  try {
    const run = await node.start(earn, undefined, { id: "run" });
    await until(async () => (await run.describe()).status === "parked", "it is parked");
    const { reason, divergence } = await run.describe();
    assert.match(reason ?? "", /^unserializable: a recorded value .* the type "money" threw/);
    assert.equal([divergence?.path, divergence?.recorded], ["0", "compute earn"]);
    assert.is(node.status().diverged.asOwner, 0);
    isBroken = false;
    await run.resume();
    assert.is(await run.result(), 3);
  } finally {
    await node.stop({ drain: 0 });
  }
});

test("a start and a signal that cannot be sealed are refused; a run is set aside", async () => {
  const service = moody();
  const flow = workflow({
    name: "flow",
    run: function* () {
      try {
        return yield* compute("go", () => "value");
      } catch (error) {
        return Object(error).code;
      }
    },
  });
  const engine = await TestEngine.create({ workflows: [flow], codec: service.codec });
  service.left = 0;
  assert.is(await codeOf(() => engine.start(flow)), "codec-failed");
  service.left = 1;
  const run = await engine.start(flow);
  assert.is(await codeOf(() => run.signal(note, "a")), "codec-failed");
  service.left = 0;
  await run.until(({ status }) => status !== "running").catch(() => {});
  service.left = Number.POSITIVE_INFINITY;
  assert.is(run.status, "parked");
});

test.run();
