import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ask } from "../../src/node/asking.ts";
import { type NodeOptions, nodeConfig } from "../../src/node/config.ts";
import { GroupMachine, topologyBytes, workflowBytes } from "../../src/node/group-machine.ts";
import { createNodeDisk, memoryHome, type NodeDisk } from "../../src/node/identity.ts";
import {
  decodeMemberReply,
  decodeMemberRequest,
  encodeMemberReply,
  encodeMemberRequest,
  type MemberReply,
  type MemberRequest,
} from "../../src/node/join-codec.ts";
import { Seeker } from "../../src/node/joining.ts";
import { realPorts } from "../../src/node/ports.ts";
import { MalformedError } from "../../src/std/bytes.ts";
import { index, nodeId } from "../../src/std/ids.ts";
import { prng } from "../../src/std/prng.ts";
import { createMemoryNetwork, type MemoryNetwork } from "../../src/transport/memory.ts";
import { valueTerms } from "../../src/workflow/values/terms.ts";
import { codeOf } from "../fixtures/code-of.ts";

/** Who may found, and what a blank node says while it looks (SEMANTICS 26). */
const test = suite("node: joining");

const ports = realPorts();
const NONE = valueTerms({});
const networkOf = (): MemoryNetwork => createMemoryNetwork({ timers: ports.timers });

function seeker(
  network: MemoryNetwork,
  name: string,
  { disk = createNodeDisk(), ...options }: Partial<NodeOptions> & { readonly disk?: NodeDisk },
): Seeker {
  const base = { workflows: [], name, network, discoveryTimeout: 400 } as const;
  const config = nodeConfig({ ...base, ...options });
  return new Seeker({ config, ports, home: memoryHome(disk), transport: network.join(name) });
}

/** A place that answers everything alike. */
function answering(network: MemoryNetwork, name: string, reply: MemberReply): void {
  network.join(name).listen({
    onMessage: () => {},
    onUndelivered: () => {},
    onRequest: async () => encodeMemberReply(reply),
  });
}

const LATER: MemberReply = { kind: "later", why: "no leader is known" };

test("nobody founds beside a member that only has no leader just now", async () => {
  for (const options of [{ boot: "bootstrap" }, { expect: ["a", "b"] }] as const) {
    const network = networkOf();
    answering(network, "b", LATER);
    assert.is(await codeOf(seeker(network, "a", options).seek()), "join-refused");
  }
});

test("bootstrap founds beside blank ones, and alone", async () => {
  const network = networkOf();
  answering(network, "b", { kind: "blank" });
  const { identity } = await seeker(network, "a", { boot: "bootstrap" }).seek();
  assert.ok(identity.isFounder);
});

test("who is too old is told so at once", async () => {
  const network = networkOf();
  answering(network, "b", { kind: "too-old", needed: 9 });
  assert.is(await codeOf(seeker(network, "a", {}).seek()), "version-mismatch");
});

test("a blank one binds itself to one founder, on its disk, and to no other", async () => {
  const network = networkOf();
  const disk = createNodeDisk();
  const expect = ["a", "b"];
  const looking = seeker(network, "b", { expect, disk }).seek();
  const founder = network.join("a");
  const follow = (nonce: string): Promise<string> =>
    ask(founder, "b", {
      kind: "follow",
      cluster: "raftoral",
      founder: "a",
      nonce,
      expect,
      valueTerms: NONE,
    }).then(({ kind }) => kind);
  assert.is(await follow("first"), "following");
  assert.equal(disk.pledge, { founder: "a", nonce: "first" });
  assert.is(await follow("first"), "following");
  assert.is(await follow("second"), "refused");
  await codeOf(looking);
  // The same after a restart; and it does not found in its founder's place.
  const again = seeker(network, "b", { expect, disk }).seek();
  assert.is(await follow("second"), "refused");
  await codeOf(again);
  assert.is(await codeOf(seeker(network, "b", { boot: "bootstrap", disk }).seek()), "join-refused");
});

test("a founder that was interrupted asks again under the same nonce", async () => {
  const network = networkOf();
  const disk = createNodeDisk();
  const expect = ["a", "b"];
  assert.is(await codeOf(seeker(network, "a", { expect, disk }).seek()), "join-refused");
  const nonce = disk.pledge?.nonce;
  assert.ok(nonce !== undefined);
  const nonces: string[] = [];
  network.join("b").listen({
    onMessage: () => {},
    onUndelivered: () => {},
    onRequest: async (_from, body) => {
      const request = decodeMemberRequest(body);
      if (request.kind === "follow") nonces.push(request.nonce);
      return encodeMemberReply({ kind: request.kind === "follow" ? "following" : "blank" });
    },
  });
  const { identity } = await seeker(network, "a", { expect, disk }).seek();
  assert.equal([identity.nonce, nonces], [nonce, [nonce]]);
});

test("a node that was removed before it ever announced itself never counts", () => {
  const machine = new GroupMachine("1");
  let at = 0;
  const apply = (bytes: Uint8Array) => machine.apply(bytes, { index: index(++at), stampMs: 0 });
  apply(topologyBytes({ kind: "found", clusterUuid: "u", name: "a", nonce: "1" }));
  apply(topologyBytes({ kind: "admit", name: "b", nonce: "2" }));
  apply(topologyBytes({ kind: "remove", node: nodeId(2) }));
  const late = { node: nodeId(2), name: "b", nonce: "p", catalogue: [], level: 1 };
  apply(workflowBytes({ kind: "announce", ...late }));
  const member = machine.workflows.members.get(nodeId(2));
  assert.equal([member?.isUp, member?.isRemoved], [false, true]);
});

const REQUESTS: readonly MemberRequest[] = [
  { kind: "join", cluster: "c", name: "a", nonce: "n", level: 3, valueTerms: NONE },
  { kind: "follow", cluster: "c", founder: "a", nonce: "n", expect: ["a", "b"], valueTerms: NONE },
  { kind: "transfer", to: "b" },
];

const REPLIES: readonly MemberReply[] = [
  { kind: "admitted", clusterUuid: "u", id: nodeId(4), members: [{ id: nodeId(1), name: "a" }] },
  { kind: "redirect", leader: "a" },
  LATER,
  { kind: "refused", why: "no" },
  { kind: "too-old", needed: 2 },
  { kind: "following" },
  { kind: "done" },
  { kind: "blank" },
];

/** Method: every form; cut at every length; then random bytes. */
test("what processes ask comes back as it was, or is malformed and nothing worse", () => {
  const isMalformed = (error: unknown): boolean => error instanceof MalformedError;
  const cut = (bytes: Uint8Array, decode: (bytes: Uint8Array) => unknown): void => {
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => decode(bytes.slice(0, length)), isMalformed);
    }
    assert.throws(() => decode(new Uint8Array([...bytes, 0])), isMalformed);
  };
  for (const request of REQUESTS) {
    assert.equal(decodeMemberRequest(encodeMemberRequest(request)), request);
    cut(encodeMemberRequest(request), decodeMemberRequest);
  }
  for (const reply of REPLIES) {
    assert.equal(decodeMemberReply(encodeMemberReply(reply)), reply);
    cut(encodeMemberReply(reply), decodeMemberReply);
  }
  const random = prng(11);
  for (let i = 0; i < 10_000; i++) {
    const bytes = Uint8Array.from({ length: random.below(40) }, () => random.below(256));
    for (const decode of [decodeMemberRequest, decodeMemberReply]) {
      try {
        decode(bytes);
      } catch (error) {
        assert.ok(isMalformed(error), `SEED=11 round ${i}: ${error}`);
      }
    }
  }
});

test.run();
