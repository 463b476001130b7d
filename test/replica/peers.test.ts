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

test.run();
