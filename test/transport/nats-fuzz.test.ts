import { connect as connectRaw, type NatsConnection } from "nats";
import { type Gen, sleep, startNode, workflow } from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startNatsServer } from "../../examples/nats/server.ts";
import { encodeCall } from "../../src/client/api-codec.ts";
import { encodeMemberRequest } from "../../src/node/join-codec.ts";
import { nodeId } from "../../src/std/ids.ts";
import { type Prng, prng } from "../../src/std/prng.ts";
import { encodeEnvelope } from "../../src/transport/envelope-codec.ts";
import { encodeRpc } from "../../src/transport/rpc-codec.ts";

/** Anybody with credentials can write to these subjects: bytes of no meaning must do nothing. */
const test = suite("transport: nats fuzz", { limitMs: 180_000 });

const MESSAGES = 100_000;
const SEED = 1;
const FLUSH_EVERY = 500;

const waiting = workflow({
  name: "waiting",
  run: function* (): Gen<string> {
    yield* sleep("1 hour");
    return "never";
  },
});

/** Mostly near misses: real forms, cut, changed, of another cluster, with huge numbers. */
function bytes(random: Prng): Uint8Array {
  const noise = Uint8Array.from({ length: random.below(64) }, () => random.below(256));
  const forms = [
    () => noise,
    () =>
      encodeEnvelope({
        clusterUuid: random.pick(["", "another", "0".repeat(32)]),
        group: random.below(3),
        kind: random.pick(["raft", "forward", "refused", "rpc"]),
        from: nodeId(random.below(9)),
        body: noise,
      }),
    () => encodeRpc({ kind: "request", rpcId: random.below(1e9), body: noise }),
    () => encodeRpc({ kind: "reply", rpcId: 1 + random.below(3), body: noise }),
    () =>
      encodeRpc({
        kind: "request",
        rpcId: 1,
        body: encodeMemberRequest({
          kind: "join",
          cluster: "another",
          name: "evil",
          nonce: "n",
          valueTerms: "",
          level: Number.MAX_SAFE_INTEGER,
        }),
      }),
    () =>
      encodeRpc({
        kind: "request",
        rpcId: 2,
        body: encodeCall({
          clusterUuid: "another",
          call: { kind: "terminate", workflowId: "w", reason: "fuzz" },
        }),
      }),
  ];
  const whole = random.pick([forms[0] ?? (() => noise), ...forms])();
  const roll = random.below(4);
  if (roll === 0) return whole.slice(0, random.below(whole.length + 1));
  if (roll === 1 && whole.length > 0)
    return whole.with(random.below(whole.length), random.below(256));
  if (roll === 2) return new Uint8Array([...whole, ...noise]);
  return whole;
}

function subjects(random: Prng): string {
  const from = random.pick(["evil", "a", "b", "join", "*bad*", "x".repeat(80)]).replace(/\*/g, "");
  return random.pick([
    `rft.test.a.raft.${from}`,
    `rft.test.a.rpc.${from}`,
    `rft.test.join.${from}`,
    `rft.test.api.${from}`,
    `_INBOX.a.guess.r.${random.below(20)}`,
    `_INBOX.a.guess.u.b`,
  ]);
}

async function flood(raw: NatsConnection, inbox: string): Promise<void> {
  const random = prng(SEED);
  for (let sent = 1; sent <= MESSAGES; sent++) {
    const isInbox = random.chance(0.1);
    const subject = isInbox
      ? `${inbox}${random.pick(["r.1", "r.2", "u.b", "r.x", "z"])}`
      : subjects(random);
    const reply = random.chance(0.5)
      ? { reply: random.pick(["_INBOX.evil.x", "rft.test.b.raft.a"]) }
      : {};
    raw.publish(subject, bytes(random), reply);
    // Not more at once than the server's buffers hold.
    if (sent % FLUSH_EVERY === 0) await raw.flush();
  }
}

test(`${MESSAGES} messages of no meaning on every subject change nothing`, async () => {
  const server = await startNatsServer();
  const raw = await connectRaw({ servers: server.url, inboxPrefix: "_INBOX.evil" });
  const inboxes = new Set<string>();
  const said: string[] = [];
  // Its own inbox is no secret to a spy: reply subjects pass by on every message.
  raw.subscribe("rft.test.>", {
    callback: (_error, { reply = "", subject, headers }) => {
      const isServers = headers?.code === 503;
      if (subject === "rft.test.b.raft.a" && !isServers) said.push(subject);
      if (reply.startsWith("_INBOX.a.")) inboxes.add(reply.replace(/(r|u)\.[^.]*$/, ""));
    },
  });
  await raw.flush();
  const node = await startNode({
    name: "a",
    cluster: "test",
    workflows: [waiting],
    nats: { servers: server.url },
    boot: "bootstrap",
    logLevel: "silent",
  });
  try {
    await node.start(waiting, undefined, { id: "w" });
    const before = node.status();
    const [inbox] = inboxes;
    assert.ok(inbox !== undefined, "the spy saw an inbox");
    await flood(raw, inbox);
    await node.list();
    const after = node.status();
    const same = ["role", "leader", "term", "clusterUuid", "ownedRuns", "failure"] as const;
    for (const part of same) assert.equal(after[part], before[part], part);
    assert.equal(after.members, before.members);
    assert.is((await node.get(waiting, "w").describe()).status, "running");
    const counted = { ...after.counters, ...after.transport };
    assert.ok(after.counters.malformed + after.counters.foreign > 10_000, JSON.stringify(counted));
    for (const kind of ["malformed", "foreign", "badSenders", "formatUnknown", "lateReplies"]) {
      assert.ok((after.transport[kind] ?? 0) > 50, `${kind} of ${JSON.stringify(counted)}`);
    }
    assert.is(after.transport["failures"], 0, "no handler threw");
    assert.equal(said, [], "nobody made it speak in its own name");
    assert.is(
      (await node.start(waiting, undefined, { id: "still alive" })).workflowId,
      "still alive",
    );
  } finally {
    await node.stop({ drain: 0 });
    await raw.close();
    await server.stop();
  }
});

test.run();
