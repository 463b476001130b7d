import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../src/errors.ts";
import { Proposals } from "../../src/replica/proposals.ts";
import { codeOf } from "../fixtures/code-of.ts";

const test = suite("replica: proposals");

const LIMITS = { pendingProposals: 4, pendingBytes: 100, entryBytes: 60, retryMs: 1_000 };
const table = (): Proposals<string> => new Proposals<string>(LIMITS);
const bytes = (length: number): Uint8Array => new Uint8Array(length);
const taken = (proposals: Proposals<string>, nowMs: number): readonly number[] =>
  proposals.take(nowMs).map(({ sequence }) => sequence);

test("a proposal is offered once, and answered by its first application", async () => {
  const proposals = table();
  const answer = proposals.propose(bytes(1));
  assert.equal(taken(proposals, 0), [1]);
  assert.equal(taken(proposals, 0), []);
  assert.ok(proposals.settle(1, "first"));
  assert.not.ok(proposals.settle(1, "second"));
  assert.is(await answer, "first");
  assert.is(proposals.size, 0);
  assert.is(proposals.bytes, 0);
});

test("another leader gets all that is unanswered, in order, before what is new", () => {
  const proposals = table();
  for (let i = 0; i < 3; i++) proposals.submit(bytes(1));
  assert.equal(taken(proposals, 0), [1, 2, 3]);
  proposals.settle(2, "done");
  proposals.submit(bytes(1));
  assert.is(proposals.refresh(), 2);
  assert.equal(taken(proposals, 0), [1, 3, 4]);
});

test("what is unanswered is offered again after a while, more and more rarely", () => {
  const proposals = table();
  proposals.submit(bytes(1));
  const offers: number[] = [];
  for (let nowMs = 0; nowMs <= 40_000; nowMs += 50) {
    proposals.tick(nowMs);
    if (taken(proposals, nowMs).length > 0) offers.push(nowMs);
  }
  assert.equal(offers, [0, 1_000, 3_000, 7_000, 15_000, 23_000, 31_000, 39_000]);
});

test("what is in the leader's own log is not offered again while it leads", () => {
  const proposals = table();
  proposals.submit(bytes(1));
  proposals.placed(proposals.take(0));
  assert.is(proposals.tick(1e9), 0);
  assert.is(proposals.refresh(), 1, "but to the next leader");
});

test("what was refused is offered again as soon as asked for", () => {
  const proposals = table();
  proposals.submit(bytes(1));
  proposals.submit(bytes(1));
  taken(proposals, 0);
  proposals.postpone([2, 99], 50);
  assert.is(proposals.tick(49), 0);
  assert.is(proposals.tick(50), 1);
  assert.equal(taken(proposals, 50), [2]);
  assert.is(proposals.tick(1_000), 1);
  assert.equal(taken(proposals, 1_000), [1], "the other's turn comes too");
});

test("what was applied while it waited for another offer is not offered", () => {
  const proposals = table();
  proposals.submit(bytes(1));
  taken(proposals, 0);
  proposals.refresh();
  proposals.settle(1, "by an earlier leader");
  assert.equal(taken(proposals, 0), []);
});

test("at a limit nothing is taken, and the error says that it may be tried again", async () => {
  const proposals = table();
  for (let i = 0; i < 4; i++) assert.is(proposals.submit(bytes(1)), "accepted");
  assert.is(proposals.submit(bytes(1)), "overloaded");
  assert.is(await codeOf(proposals.propose(bytes(1))), "overloaded");
  assert.is(proposals.size, 4);
  proposals.settle(1, "");
  assert.is(proposals.submit(bytes(1)), "accepted");
});

test("bytes are limited too, and one command by itself", async () => {
  const proposals = table();
  assert.is(await codeOf(proposals.propose(bytes(61))), "payload-too-large");
  assert.throws(() => proposals.submit(bytes(61)), /61 bytes; at most 60/);
  assert.is(proposals.submit(bytes(60)), "accepted");
  assert.is(proposals.submit(bytes(41)), "overloaded");
  assert.is(proposals.submit(bytes(40)), "accepted");
});

test("at the end everybody who waits hears why", async () => {
  const proposals = table();
  const answer = proposals.propose(bytes(1));
  proposals.submit(bytes(1));
  proposals.failAll(new RaftoralError("node-stopped", "over"));
  assert.is(await codeOf(answer), "node-stopped");
  assert.is(proposals.size, 0);
  assert.equal(taken(proposals, 0), []);
});

test.run();
