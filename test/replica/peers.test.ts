import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Peers } from "../../src/replica/peers.ts";
import { nodeId } from "../../src/std/ids.ts";

const test = suite("replica: peers");
const peer = nodeId(2);

test("only an answer counts as a sign that a peer hears us", () => {
  const peers = new Peers(0);
  peers.heard(peer, 100);
  peers.reachable(peer);
  assert.equal(peers.signs(peer), { lastHeardMs: 100, noRespondersSinceMs: undefined });
});

test("whatever it says, somebody is there", () => {
  const peers = new Peers(0);
  peers.unreachable(peer, 50);
  assert.is(peers.signs(peer).noRespondersSinceMs, 50);
  peers.reachable(peer);
  assert.is(peers.signs(peer).noRespondersSinceMs, undefined);
});

test("a new leader begins to count anew: silence, and that nobody is there", () => {
  const peers = new Peers(0);
  const other = nodeId(3);
  peers.setAddress(peer, "b");
  peers.setAddress(other, "c");
  peers.heard(peer, 10);
  peers.unreachable(peer, 50);
  peers.grace(1_000);
  // Not heard later than it was found away: that would be a sign of life.
  assert.equal(peers.signs(peer), { lastHeardMs: 1_000, noRespondersSinceMs: 1_000 });
  assert.equal(peers.signs(other), { lastHeardMs: 1_000, noRespondersSinceMs: undefined });
});

test.run();
