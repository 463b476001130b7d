import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BEFORE_START, nodeId, runId } from "../../../src/std/ids.ts";
import type { Start } from "../../../src/workflow/machine/command.ts";
import { overdueRuns } from "../../../src/workflow/machine/expire.ts";
import { NO_TERMS, type StartTerms } from "../../../src/workflow/machine/terms.ts";
import {
  bytes,
  checkInvariants,
  finish,
  Group,
  groupOfThree,
  ORDER,
  startOf,
  write,
} from "./group.ts";

const test = suite("workflow machine: start");

test("rule 25: two starts of one id, with equal input hashes, make one run", () => {
  const { group } = groupOfThree();
  const run = group.start("order-1");
  // The same value, its keys in another order: other bytes, the same hash.
  const again = group.apply(startOf("order-1", { input: bytes(9, 9), owner: nodeId(2) }));
  assert.equal(again.reply, { kind: "joined", runId: run.id });
  assert.equal(again.events, []);
  assert.is(group.state.runs.size, 1);
  assert.equal(run.input, bytes(7));
});

test("rule 25: a start joins the run that has ended too: it never runs twice", () => {
  const { group } = groupOfThree();
  const run = group.start("order-1");
  group.apply({ kind: "terminate", runId: run.id, reason: "test" });
  assert.equal(group.apply(startOf("order-1")).reply, { kind: "joined", runId: run.id });
});

test("another input, version or workflow under a known id is a conflict, in words", () => {
  const { group } = groupOfThree();
  const run = group.start("order-1");
  const differs = (options: Parameters<typeof startOf>[1]): unknown => {
    const { reply } = group.apply(startOf("order-1", options));
    assert.is(reply.kind, "conflict");
    return reply.kind === "conflict" && reply.runId === run.id ? reply.differs : undefined;
  };
  assert.is(differs({ inputHash: "h8" }), "input");
  assert.is(differs({ version: 2 }), "version (1, not 2)");
  assert.is(differs({ name: "refund" }), 'workflow ("order", not "refund")');
  assert.is(differs({ version: 2, inputHash: "h8" }), "version (1, not 2) and input");
  assert.is(group.state.runs.size, 1);
});

test("a run id is made of group, log index and offset", () => {
  const { group } = groupOfThree();
  assert.is(group.start("a").id, "g1-4-0");
  const second = group.applyAgain(startOf("b"), 1);
  assert.equal(second.reply, { kind: "started", runId: "g1-4-1" });
});

test("rule 1: the Start is the input at position 0, and nothing was rested on yet", () => {
  const { group } = groupOfThree();
  group.stampMs = 5_000;
  const run = group.start("a");
  assert.equal(run.inputs, [{ kind: "start", position: 0, index: 4, atMs: 5_000 }]);
  assert.is(run.through, BEFORE_START);
  assert.is(run.next, 1);
  assert.is(run.epoch, 4);
  assert.is(run.startedAtMs, 5_000);
});

test("rule 18: the member that was asked owns the run, if it is up with the workflow", () => {
  const { group, members } = groupOfThree();
  for (const member of members) {
    assert.equal(group.start(`for-${member.node}`, { owner: member.node }).owner, member);
  }
});

test("rule 18: a start whose owner went down under way goes to a member that is up", () => {
  const { group, members } = groupOfThree();
  group.apply({ kind: "assign-owners", dead: members[0] });
  const run = group.start("a", { owner: members[0].node });
  assert.is(run.status.kind, "running");
  assert.is.not(run.owner?.node, members[0].node);
  checkInvariants(group.state, "start");
});

test("rule 18: a start for a member without that workflow goes to one that has it", () => {
  const group = new Group();
  group.announce(1, "other@1");
  const second = group.announce(2, ORDER);
  assert.equal(group.start("a", { owner: nodeId(1) }).owner, second);
});

test("an unknown workflow name stays visible and starts when a member registers it", () => {
  const { group } = groupOfThree();
  const run = group.start("a", { name: "process-order", version: 3 });
  assert.equal(run.status, { kind: "unassigned", reason: "no member has process-order@3" });
  assert.is(run.owner, undefined);
  assert.is(group.say(run, [write("1")]).kind, "stale");
  const member = group.announce(2, ORDER, "process-order@3");
  assert.is(run.status.kind, "running");
  assert.equal(run.owner, member);
  assert.is(run.epoch, group.lastIndex);
  // Nobody can have attempted anything before its first owner (rule 13).
  assert.equal(run.epochMarks, []);
});

test("without any member a start waits, and says so", () => {
  const group = new Group();
  const run = group.start("a");
  assert.equal(run.status, { kind: "unassigned", reason: "no member has order@1" });
});

const asking = (more: Partial<StartTerms>): Partial<Start> => ({ terms: { ...NO_TERMS, ...more } });
const replyTo = (group: Group, options: Partial<Start>) =>
  group.apply(startOf("w1", options)).reply;

test("a start that fails on a conflict fails for running and ended, but not for itself", () => {
  const { group } = groupOfThree();
  const mine = asking({ onConflict: "fail", requestId: "r1" });
  const run = group.start("w1", mine);
  assert.is(replyTo(group, mine).kind, "joined", "rule 25: sent again it is the same start");
  const other = asking({ onConflict: "fail", requestId: "r2" });
  assert.is(replyTo(group, other).kind, "conflict");
  group.apply({ kind: "terminate", runId: run.id, reason: "" });
  assert.is(replyTo(group, other).kind, "conflict", "an ended run has its id");
  assert.is(replyTo(group, mine).kind, "joined");
});

test("a start that replaces ends what has not ended, once, and takes the id", () => {
  const { group } = groupOfThree();
  const first = group.start("w1");
  const replacing = { ...asking({ onConflict: "replace", requestId: "r1" }), inputHash: "other" };
  const second = replyTo(group, replacing);
  assert.is(second.kind, "started");
  assert.equal(first.status, { kind: "terminated", reason: "another start took its id" });
  assert.equal(replyTo(group, replacing), { ...second, kind: "joined" }, "rule 25");
  const third = asking({ onConflict: "replace", requestId: "r2" });
  const run = group.start("w1", third);
  group.say(run, [finish()]);
  group.start("w1", asking({ onConflict: "replace", requestId: "r3" }));
  assert.is(run.status.kind, "completed", "what has ended stays as it is");
  checkInvariants(group.state, "replaced");
});

test("rule 25: a start that replaced, and comes again late, does not replace the next one", () => {
  const { group } = groupOfThree();
  const replacing = (requestId: string) => asking({ onConflict: "replace", requestId });
  for (const requestId of ["r1", "r2", "r3"]) group.start("w1", replacing(requestId));
  const present = group.state.byWorkflowId.get("w1");
  for (const requestId of ["r1", "r2", "r3"]) {
    assert.equal(replyTo(group, replacing(requestId)), { kind: "joined", runId: present });
  }
  assert.is(replyTo(group, asking({ onConflict: "fail", requestId: "r1" })).kind, "joined");
  assert.is(group.state.runs.get(present ?? runId(""))?.status.kind, "running");
});

test("what was sent to a run that was replaced, and comes again, is not for the next one", () => {
  const { group } = groupOfThree();
  group.start("w1");
  const sent = { kind: "signal", workflowId: "w1", id: "s1", name: "go", value: bytes(1) } as const;
  group.apply(sent);
  const next = group.start("w1", asking({ onConflict: "replace", requestId: "r1" }));
  group.apply(sent);
  assert.is(next.signals, 0);
  group.apply({ ...sent, id: "s2" });
  assert.is(next.signals, 1);
});

test("rule 22: a run whose time is up ends by log time, not by who says so; a chain too", () => {
  const { group } = groupOfThree();
  const run = group.start("w1", asking({ timeoutMs: 500 }));
  const { runId } = { runId: run.id };
  group.stampMs += 499;
  assert.equal(overdueRuns(group.state, group.stampMs, 10), []);
  assert.is(group.apply({ kind: "expire", runId }).reply.kind, "ignored");
  assert.is(run.status.kind, "running");
  const as = { kind: "continued", input: bytes(1), inputHash: "h1", consumed: [] } as const;
  group.say(run, [{ kind: "finish", outcome: { ok: true, value: bytes() }, as }]);
  assert.is(run.status.kind, "continued");
  group.stampMs += 1;
  const [next] = overdueRuns(group.state, group.stampMs, 10);
  assert.is(next?.workflowId, "w1");
  assert.is(group.apply({ kind: "expire", runId }).reply.kind, "ignored", "it has ended");
  group.apply({ kind: "expire", runId: group.run(next?.id).id });
  assert.is(next?.status.kind, "timed-out");
  assert.equal(overdueRuns(group.state, group.stampMs, 10), []);
});

test("a balanced start goes to the fit member that owns fewest", () => {
  const { group, members } = groupOfThree();
  const owners = [1, 2, 3, 4, 5, 6].map(
    (n) => group.start(`b${n}`, asking({ isBalanced: true })).owner?.node,
  );
  assert.equal(
    owners,
    [...members, ...members].map(({ node }) => node),
  );
});

test.run();
