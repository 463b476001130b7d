import { connect as connectRaw } from "nats";
import {
  type Client,
  type ClientOptions,
  compute,
  connect,
  type Gen,
  type Node,
  RaftoralError,
  receive,
  signal,
  sleep,
  startNode,
  workflow,
} from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type NatsServer, startNatsServer } from "../../examples/nats/server.ts";

/** Clients used as nobody should, over a real server: each call ends, and says why by a code. */
const test = suite("scenario: awkward clients", { limitMs: 180_000 });

const go = signal<number>("go");
const echo = workflow({
  name: "echo",
  run: function* (text: string): Gen<string> {
    return yield* compute("echo", () => text);
  },
});
const waiting = workflow({
  name: "waiting",
  run: function* (): Gen<number> {
    return yield* receive(go);
  },
});
const long = workflow({
  name: "long",
  run: function* (): Gen<void> {
    yield* sleep("1 hour");
  },
});
/** No member has it. */
const foreign = workflow({
  name: "foreign",
  run: function* (): Gen<void> {
    yield* sleep("1ms");
  },
});

interface World {
  readonly server: NatsServer;
  readonly node: Node;
  readonly client: Client;
  connect(options?: Partial<ClientOptions>): Promise<Client>;
}

/** No call may take longer, whatever is asked. */
const PATIENCE_MS = 15_000;

let world: World | undefined;
const here = (): World => {
  if (world === undefined) throw new Error("no world");
  return world;
};

test.before(async () => {
  const server = await startNatsServer();
  const nats = { servers: server.url };
  const workflows = [echo, waiting, long];
  const silent = { cluster: "awkward", logLevel: "silent" } as const;
  const node = await startNode({ ...silent, name: "a", workflows, nats, boot: "bootstrap" });
  const open = (options: Partial<ClientOptions> = {}): Promise<Client> =>
    connect({ ...silent, nats, callTimeout: "5s", connectTimeout: "2s", ...options });
  world = { server, node, client: await open(), connect: open };
});

test.after(async () => {
  const { client, node, server } = here();
  await client.close();
  await node.stop({ drain: 0 });
  await server.stop();
});

/** The code that it ends with; anything else, or no end, is the fault that is looked for. */
async function codeOf(promise: Promise<unknown>): Promise<string> {
  let late: NodeJS.Timeout | undefined;
  const never = new Promise<string>((resolve) => {
    late = setTimeout(() => resolve("it hangs"), PATIENCE_MS);
  });
  const end = promise.then(
    () => "done",
    (error: unknown) => (error instanceof RaftoralError ? error.code : `untyped: ${error}`),
  );
  const code = await Promise.race([end, never]);
  clearTimeout(late);
  return code;
}

const ends = (what: string, code: string, act: (world: World) => Promise<unknown>): void =>
  test(`${what}: ${code}`, async () => {
    const found = await codeOf((async () => act(here()))());
    assert.ok(code.split(" or ").includes(found), found);
  });

const one = async ({ client }: World): Promise<string> => {
  const run = await client.start(echo, "x");
  await run.result();
  return run.workflowId;
};

ends("another cluster's name", "no-responders", ({ connect: open }) => open({ cluster: "other" }));
ends("a name that is no name", "invalid-argument", ({ connect: open }) => open({ name: "a.>" }));
ends("an address that is none", "not-connected", ({ connect: open }) =>
  open({ nats: { servers: "nats://:::" } }),
);
ends("an option that there is not", "invalid-argument", ({ connect: open }) =>
  open({ timeout: "1s" } as never),
);
ends("no time at all to connect", "no-responders or timed-out", ({ connect: open }) =>
  open({ connectTimeout: 0, cluster: "other" }),
);
ends("the result of an unknown run", "workflow-not-found", ({ client }) =>
  client.get(echo, "nobody").result(),
);
ends("a signal to an unknown run", "workflow-not-found", ({ client }) =>
  client.get(waiting, "nobody").signal(go, 1),
);
ends("the end of an unknown run", "workflow-not-found", ({ client }) =>
  client.get(waiting, "nobody").cancel(),
);
ends("a watch of an unknown run", "workflow-not-found", ({ client }) =>
  client.get(waiting, "nobody").watch().next(),
);
ends("the history of an unknown run", "workflow-not-found", ({ client }) =>
  client.get(waiting, "nobody").history().next(),
);
ends("a signal to a run that ended", "workflow-ended", async (w) =>
  w.client.get(waiting, await one(w)).signal(go, 1),
);
ends("a cancellation of a run that ended", "done", async (w) =>
  w.client.get(waiting, await one(w)).cancel(),
);
ends("a variable that there is not", "variable-not-found", async (w) =>
  w.client.get(echo, await one(w)).variable("nothing"),
);
ends("a workflow that no member has, which waits for one", "done", ({ client }) =>
  client.start(foreign, undefined),
);
ends("the same id with another input", "workflow-conflict", async ({ client }) => {
  await client.start(echo, "x", { id: "same" });
  await client.start(echo, "y", { id: "same" });
});
ends("an id without a character", "invalid-argument", ({ client }) =>
  client.start(echo, "x", { id: "" }),
);
ends("an id of ten thousand characters", "invalid-argument", ({ client }) =>
  client.start(echo, "x", { id: "x".repeat(10_000) }),
);
ends("an input that is no data", "unserializable", ({ client }) =>
  client.start(echo, (() => {}) as never),
);
ends("an input over the limit", "payload-too-large", ({ client }) =>
  client.start(echo, "x".repeat(2_000_000)),
);
ends("an input that fits the limit, not the server's message", "payload-too-large", async (w) => {
  const client = await w.connect({ maxPayloadBytes: 4_000_000 });
  try {
    await client.start(echo, "x".repeat(1_500_000));
  } finally {
    await client.close();
  }
});
ends("no time for a result", "timed-out", async ({ client }) =>
  (await client.start(long, undefined)).result({ timeout: 0 }),
);
ends("no time for any call", "timed-out", async ({ connect: open }) => {
  const client = await open({ callTimeout: 0 });
  try {
    for (let i = 0; i < 20; i++) await client.list();
  } finally {
    await client.close();
  }
});
for (const limit of [0, -1, 1.5, Number.NaN]) {
  ends(`a page of ${limit} runs`, "invalid-argument", ({ client }) => client.list({ limit }));
}
ends("a page from nowhere", "done", ({ client }) => client.list({ cursor: "\u0000" }));
ends("an office for a stranger", "invalid-argument", ({ client }) =>
  client.admin.transfer("nobody"),
);
ends("the removal of a stranger", "invalid-argument", ({ client }) =>
  client.admin.remove("nobody"),
);
ends("a call after the close", "node-stopped", async ({ connect: open }) => {
  const client = await open();
  await client.close();
  await client.list();
});
ends("a close while a call waits", "node-stopped", async ({ connect: open }) => {
  const client = await open();
  const result = (await client.start(long, undefined)).result();
  setTimeout(() => void client.close(), 50);
  await result;
});

test("two clients of one name each get their own answers", async () => {
  const { connect: open } = here();
  const twins = await Promise.all([open({ name: "twin" }), open({ name: "twin" })]);
  for (let i = 0; i < 10; i++) {
    const told = await Promise.all(
      twins.map(async (client, n) => (await client.start(echo, `${n} ${i}`)).result()),
    );
    assert.equal(told, [`0 ${i}`, `1 ${i}`]);
  }
  for (const client of twins) await client.close();
});

test("a cluster that another one of its name has replaced is not taken for it", async () => {
  const { connect: open, server } = here();
  const found = (): Promise<Node> =>
    startNode({
      name: "b",
      cluster: "replaced",
      workflows: [echo],
      nats: { servers: server.url },
      boot: "bootstrap",
      logLevel: "silent",
    });
  const before = await found();
  const client = await open({ cluster: "replaced" });
  await before.stop({ drain: 0 });
  const after = await found();
  assert.is(await codeOf(client.start(echo, "x")), "wrong-cluster");
  await client.close();
  await after.stop({ drain: 0 });
});

test("a wait that was given up before it began says why", async () => {
  const { client } = here();
  const run = await client.start(long, undefined);
  const why = new Error("no need");
  const told = await run
    .result({ signal: AbortSignal.abort(why) })
    .catch((error: unknown) => error);
  assert.is(told, why);
});

test("a start into a server that is gone ends, and counts once when asked again", async () => {
  const { client, server } = here();
  await server.kill();
  const code = await codeOf(client.start(echo, "x", { id: "mid-start" }));
  assert.ok(["timed-out", "not-connected"].includes(code), code);
  await server.start();
  const again = await client.start(echo, "x", { id: "mid-start" });
  assert.is(await again.result(), "x");
});

test("a call whose bytes nobody understands is answered, and harms nobody", async () => {
  const { client, server } = here();
  const raw = await connectRaw({ servers: server.url });
  for (const length of [0, 1, 100, 1_000_000])
    raw.publish("rft.awkward.api.x", new Uint8Array(length));
  await raw.flush();
  assert.is(await (await client.start(echo, "after")).result(), "after");
  await raw.close();
});

test.run();
