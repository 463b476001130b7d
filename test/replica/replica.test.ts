import { suite } from "uvu";
import * as assert from "uvu/assert";
import { index, nodeId } from "../../src/std/ids.ts";
import { encodeEnvelope } from "../../src/transport/envelope-codec.ts";
import { codeOf } from "../fixtures/code-of.ts";
import { CLUSTER_UUID, TestCluster, type TestNode } from "../fixtures/replica/cluster.ts";
import { toy } from "../fixtures/replica/toy-machine.ts";

const test = suite("replica");

const others = (cluster: TestCluster, ...but: readonly TestNode[]): readonly TestNode[] =>
  [...cluster.nodes.values()].filter((node) => !but.includes(node));

function first<T>(items: readonly T[]): T {
  const item = items[0];
  if (item === undefined) throw new Error("there is none");
  return item;
}

test("three replicas elect one leader, and all of them know it", async () => {
  const cluster = new TestCluster({ seed: 1 });
  const leader = await cluster.elected();
  await cluster.converged();
  for (const { replica } of cluster.nodes.values()) {
    const { leader: known, voters, role } = replica.status();
    assert.is(known, leader.address.id);
    assert.equal(voters, [1, 2, 3]);
    assert.is(role, replica === leader.replica ? "leader" : "follower");
  }
});

test("a sole voter leads at once, without waiting for an election's time", async () => {
  const cluster = new TestCluster({ seed: 1, names: ["a"] });
  const reply = await cluster.drive(cluster.replica("a").propose(toy("x")));
  assert.is(reply.place, 1);
  assert.ok(cluster.sim.nowMs < 50, `after ${cluster.sim.nowMs} ms`);
  cluster.restart(cluster.crash("a"));
  await cluster.drive(cluster.replica("a").propose(toy("y")));
  assert.equal(cluster.node("a").machine.ids, ["x", "y"]);
});

test("a proposal is answered by the apply of the node that made it, whoever leads", async () => {
  const cluster = new TestCluster({ seed: 2 });
  await cluster.elected();
  for (const [name, { replica, machine }] of cluster.nodes) {
    const reply = await cluster.drive(replica.propose(toy(name)));
    assert.is(machine.ids[reply.place - 1], name);
  }
  await cluster.converged();
  assert.equal(cluster.node("a").machine.ids.toSorted(), ["a", "b", "c"]);
});

test("a proposal made before there is a leader waits for one", async () => {
  const cluster = new TestCluster({ seed: 3 });
  const replies = ["a", "b", "c"].map((name) => cluster.replica(name).propose(toy(name)));
  await cluster.drive(Promise.all(replies));
});

test("proposals of one node are applied in the order of its calls", async () => {
  const cluster = new TestCluster({ seed: 4 });
  const leader = await cluster.elected();
  const follower = first(others(cluster, leader));
  const ids = Array.from({ length: 200 }, (_, i) => `${i}`);
  const replies: Promise<unknown>[] = [];
  for (const [i, id] of ids.entries()) {
    replies.push(follower.replica.propose(toy(id)));
    if (i % 7 === 0) await cluster.advance(0.3);
  }
  await cluster.drive(Promise.all(replies));
  assert.equal(leader.machine.ids, ids);
});

/** Method: count the appends that carry entries. */
test("all proposals of one turn are one multi-entry proposal", async () => {
  const cluster = new TestCluster({ seed: 5 });
  const leader = await cluster.elected();
  await cluster.converged();
  const { sent } = cluster.network.counters;
  const replies = Array.from({ length: 500 }, (_, i) => leader.replica.propose(toy(`${i}`)));
  await cluster.drive(Promise.all(replies));
  // Two appends, two acknowledgements, two tellings of the commit, and their acknowledgements.
  assert.ok(cluster.network.counters.sent - sent <= 8, "a message for each proposal");
  const byFollower = first(others(cluster, leader));
  const more = Array.from({ length: 500 }, (_, i) => byFollower.replica.propose(toy(`f${i}`)));
  await cluster.drive(Promise.all(more));
  assert.is(byFollower.replica.counters.forwarded, 500);
  assert.ok(cluster.network.counters.sent - sent <= 20, "a message for each forwarded one");
});

test("the events of one go come as one batch, in log order", async () => {
  const cluster = new TestCluster({ seed: 6 });
  const leader = await cluster.elected();
  const replies = ["x", "y", "z"].map((id) => leader.replica.propose(toy(id)));
  await cluster.drive(Promise.all(replies));
  assert.equal(leader.events, ["x y z"]);
});

test("the leader stamps with its own wall clock, also what was forwarded", async () => {
  const cluster = new TestCluster({ seed: 7 });
  const leader = await cluster.elected();
  const follower = first(others(cluster, leader));
  const before = cluster.sim.clock.wallMs();
  await cluster.drive(follower.replica.propose(toy("x")));
  const { lastStampMs } = follower.machine;
  assert.ok(lastStampMs >= before && lastStampMs <= cluster.sim.clock.wallMs());
});

test("submit gives no answer, and is applied all the same", async () => {
  const cluster = new TestCluster({ seed: 8 });
  const leader = await cluster.elected();
  const follower = first(others(cluster, leader));
  assert.is(follower.replica.submit(toy("x")), "accepted");
  await cluster.until(() => follower.machine.ids.includes("x"));
  assert.is(follower.replica.status().pendingProposals, 0);
});

test("at its limit a node takes nothing more, says so, and proposes nothing of it", async () => {
  const cluster = new TestCluster({ seed: 9, limits: { pendingProposals: 10 } });
  const { replica } = cluster.node("a");
  const taken = Array.from({ length: 10 }, (_, i) => replica.propose(toy(`${i}`)));
  assert.is(await codeOf(replica.propose(toy("over"))), "overloaded");
  assert.is(replica.submit(toy("over")), "overloaded");
  await cluster.drive(Promise.all(taken));
  assert.is(replica.submit(toy("after")), "accepted");
  await cluster.until(() => cluster.node("a").machine.ids.includes("after"));
  await cluster.converged();
  assert.not.ok(cluster.node("a").machine.ids.includes("over"));
});

test("a command that no message could carry is refused before anything is proposed", async () => {
  const cluster = new TestCluster({ seed: 10, limits: { entryBytes: 100 } });
  const { replica } = cluster.node("a");
  assert.is(await codeOf(replica.propose(new Uint8Array(101))), "payload-too-large");
  assert.is(replica.status().pendingProposals, 0);
});

test("a read barrier on any node shows what was acknowledged anywhere before it", async () => {
  const cluster = new TestCluster({ seed: 11, conditions: { delayMs: [0.2, 20] } });
  const leader = await cluster.elected();
  for (let i = 0; i < 20; i++) {
    await cluster.drive(leader.replica.propose(toy(`${i}`)));
    for (const { replica, machine } of others(cluster, leader)) {
      await cluster.drive(replica.readBarrier());
      assert.ok(machine.ids.includes(`${i}`), `${i} is missing`);
    }
  }
});

test("a leader that is cut off answers no read, until it can be sure again", async () => {
  const cluster = new TestCluster({ seed: 12 });
  const old = await cluster.elected();
  await cluster.converged();
  const names = others(cluster, old).map(({ address }) => address.name);
  cluster.network.partition([[old.address.name], names]);
  let isAnswered = false;
  const done = (): void => {
    isAnswered = true;
  };
  const read = old.replica.readBarrier().then(done, done);
  const next = await cluster.elected(old.address.name);
  await cluster.drive(next.replica.propose(toy("x")));
  assert.not.ok(isAnswered);
  cluster.network.heal();
  await cluster.drive(read);
  assert.ok(old.machine.ids.includes("x"), "the read was stale");
});

test("what is malformed, foreign or meant for another is counted, and stops nothing", async () => {
  const cluster = new TestCluster({ seed: 13 });
  const leader = await cluster.elected();
  const { replica } = leader;
  const body = new Uint8Array([1, 2, 3]);
  const from = nodeId(2);
  const envelope = { clusterUuid: CLUSTER_UUID, group: 1, kind: "raft", from, body } as const;
  replica.receive("b", new Uint8Array([9, 9, 9]));
  replica.receive("b", encodeEnvelope(envelope));
  replica.receive("b", encodeEnvelope({ ...envelope, kind: "forward" }));
  replica.receive("b", encodeEnvelope({ ...envelope, clusterUuid: "another" }));
  replica.receive("b", encodeEnvelope({ ...envelope, group: 2 }));
  replica.receive("b", encodeEnvelope({ ...envelope, kind: "rpc" }));
  const { malformed, foreign, misaddressed } = replica.counters;
  assert.equal([malformed, foreign, misaddressed], [3, 2, 1]);
  await cluster.drive(replica.propose(toy("x")));
  assert.equal(leader.failures, []);
});

test("a machine that throws stops its replica, with a reason, and no other", async () => {
  const cluster = new TestCluster({ seed: 14 });
  const leader = await cluster.elected();
  const follower = first(others(cluster, leader));
  // Only this node's machine cannot know it.
  follower.machine.apply = () => {
    throw new Error("cannot know this");
  };
  const waiting = follower.replica.propose(toy("x"));
  await cluster.drive(leader.replica.propose(toy("y")));
  assert.is(await cluster.drive(codeOf(waiting)), "node-failed");
  assert.is(follower.replica.status().role, "failed");
  assert.match(follower.failures.join(), /cannot know this/);
  assert.is(await codeOf(follower.replica.propose(toy("z"))), "node-failed");
  assert.is(await codeOf(follower.replica.readBarrier()), "node-failed");
  await cluster.drive(leader.replica.propose(toy("z")));
  assert.equal(leader.failures, []);
});

test("a subscriber that throws stops nothing", async () => {
  const cluster = new TestCluster({ seed: 15, names: ["a"] });
  const { replica, events } = cluster.node("a");
  events.push = () => {
    throw new Error("not listening");
  };
  await cluster.drive(replica.propose(toy("x")));
  await cluster.drive(replica.propose(toy("y")));
  assert.is(replica.counters.subscriberFailures, 2);
});

test("a stopped replica answers everybody at once, and does nothing any more", async () => {
  const cluster = new TestCluster({ seed: 16 });
  const { replica } = cluster.node("a");
  const waiting = [replica.propose(toy("x")), replica.readBarrier()].map(codeOf);
  replica.stop();
  assert.equal(await Promise.all(waiting), ["node-stopped", "node-stopped"]);
  assert.is(replica.status().role, "stopped");
  assert.is(replica.submit(toy("y")), "overloaded");
  const { sent } = cluster.network.counters;
  cluster.node("b").replica.stop();
  cluster.node("c").replica.stop();
  await cluster.advance(5_000);
  assert.is(cluster.network.counters.sent, sent);
  assert.not.ok(cluster.sim.step(), "a timer is left");
});

test("a learner comes in under load, catches up, is promoted, and counts from then", async () => {
  const cluster = new TestCluster({ seed: 17, names: ["a"] });
  const a = cluster.node("a");
  let count = 0;
  const load = (): void => {
    a.replica.submit(toy(`${count++}`));
    a.life.timers.set(2, load);
  };
  load();
  await cluster.advance(200);
  const address = { id: nodeId(2), name: "d" };
  const joined = cluster.boot(address, { isFounder: false });
  assert.equal(joined.replica.status().voters, []);
  const asLearner = a.replica.proposeConfChange({
    changes: [{ kind: "add-learner", id: address.id }],
    addresses: [address],
  });
  assert.equal(await cluster.drive(asLearner), { voters: [1], learners: [2] });
  await cluster.until(() => joined.machine.ids.length > 100);
  assert.is(joined.replica.status().role, "learner");
  const voters = a.replica.proposeConfChange({ changes: [{ kind: "add-voter", id: address.id }] });
  assert.equal(await cluster.drive(voters), { voters: [1, 2], learners: [] });
  await cluster.drive(joined.replica.propose(toy("by the new one")));
  const before = a.machine.ids.length;
  cluster.crash("d");
  await cluster.advance(100);
  assert.ok(a.machine.ids.length < before + 10, "a majority of two is two");
  cluster.restart(address);
  await cluster.until(() => a.machine.ids.length > before + 100);
});

test("members are changed by the leader alone, one change at a time", async () => {
  const cluster = new TestCluster({ seed: 18 });
  const leader = await cluster.elected();
  await cluster.converged();
  const follower = first(others(cluster, leader));
  const change = { changes: [{ kind: "add-learner", id: nodeId(9) }] } as const;
  assert.is(await codeOf(follower.replica.proposeConfChange(change)), "no-leader");
  const firstOne = leader.replica.proposeConfChange(change);
  const second = leader.replica.proposeConfChange(change);
  assert.is(await cluster.drive(codeOf(second)), "overloaded");
  assert.equal((await cluster.drive(firstOne)).learners, [9]);
  const removal = { changes: [{ kind: "remove", id: nodeId(9) }] } as const;
  assert.equal((await cluster.drive(leader.replica.proposeConfChange(removal))).learners, []);
});

test("leadership moves where it is asked to, and what was outstanding is answered", async () => {
  const cluster = new TestCluster({ seed: 19 });
  const leader = await cluster.elected();
  await cluster.converged();
  const target = first(others(cluster, leader));
  const replies = Array.from({ length: 50 }, (_, i) => leader.replica.propose(toy(`${i}`)));
  leader.replica.transferLeadership(target.address.id);
  await cluster.until(() => target.replica.status().role === "leader", 1_000);
  await cluster.drive(Promise.all(replies));
});

test("the status tells who was heard when, and whom nobody answers for", async () => {
  const cluster = new TestCluster({ seed: 20 });
  const leader = await cluster.elected();
  const [dead, alive] = others(cluster, leader);
  if (dead === undefined || alive === undefined) throw new Error("three nodes");
  await cluster.advance(500);
  cluster.crash(dead.address.name);
  const diedMs = cluster.sim.nowMs;
  await cluster.advance(2_000);
  const peer = (id: number): ReturnType<typeof leader.replica.status>["peers"][number] =>
    first(leader.replica.status().peers.filter((one) => one.id === id));
  const since = peer(dead.address.id).noRespondersSinceMs ?? 0;
  assert.ok(since >= diedMs && since <= diedMs + 400, `${since - diedMs} ms after its death`);
  assert.ok(peer(dead.address.id).lastHeardMs <= diedMs + 5);
  assert.is(peer(alive.address.id).noRespondersSinceMs, undefined);
  assert.ok(cluster.sim.nowMs - peer(alive.address.id).lastHeardMs < 200);
  assert.is(peer(alive.address.id).name, alive.address.name);
  assert.is(peer(alive.address.id).progress?.match, leader.replica.status().lastIndex);
  cluster.restart(dead.address);
  await cluster.advance(500);
  assert.is(peer(dead.address.id).noRespondersSinceMs, undefined);
});

test("founding happens on a blank disk alone: a restart finds its own log", async () => {
  const cluster = new TestCluster({ seed: 21, names: ["a"] });
  await cluster.drive(cluster.replica("a").propose(toy("x")));
  const { lastIndex, term } = cluster.replica("a").status();
  cluster.restart(cluster.crash("a"));
  await cluster.until(() => cluster.node("a").machine.ids.length === 1);
  const status = cluster.replica("a").status();
  assert.ok(status.term > term);
  assert.is(status.lastIndex, index(lastIndex + 1), "one empty entry of the new term");
});

test("a turn applies so many bytes, and what is more in the next ones", async () => {
  const cluster = new TestCluster({ seed: 22, names: ["a"], limits: { applyBytes: 500 } });
  const ids = Array.from({ length: 400 }, (_, i) => `id-${i}`);
  for (const id of ids) await cluster.drive(cluster.replica("a").propose(toy(id)));
  cluster.restart(cluster.crash("a"));
  await cluster.until(() => cluster.node("a").machine.ids.length === ids.length);
  assert.equal(cluster.node("a").machine.ids, ids);
  // What a turn applied is told at its end; an entry is more than its id.
  const turns = cluster.node("a").events.map((line) => line.split(" "));
  const most = Math.max(...turns.map((told) => told.join("").length));
  assert.ok(most <= 500, `${most} bytes of ids in one turn, of ${turns.length}`);
});

test.run();
