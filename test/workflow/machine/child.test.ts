import { suite } from "uvu";
import * as assert from "uvu/assert";
import { path } from "../../../src/std/ids.ts";
import type { ParentClose } from "../../../src/workflow/dsl/effect.ts";
import { isAwaited } from "../../../src/workflow/machine/child.ts";
import type { BatchItem, Reply } from "../../../src/workflow/machine/command.ts";
import { findRun } from "../../../src/workflow/machine/query.ts";
import { decodeState, encodeState, stateHash } from "../../../src/workflow/machine/snapshot.ts";
import type { Run } from "../../../src/workflow/machine/state.ts";
import { bytes, finish, type Group, groupOfThree, outcome, startOf } from "./group.ts";

const test = suite("workflow machine: children");

const told = (parentClose: ParentClose = "cancel", at = "0"): BatchItem => ({
  kind: "child",
  path: path(at),
  workflowId: "child-1",
  parentClose,
});

const startChild = (group: Group, parent: Run, at = "0"): Reply =>
  group.apply({
    kind: "start-child",
    parent: { runId: parent.id, path: path(at) },
    start: startOf("child-1"),
  }).reply;

const closeChild = (group: Group, parent: Run, how: "cancel" | "terminate" = "cancel"): Reply =>
  group.apply({
    kind: "close-child",
    parent: { runId: parent.id, path: path("0") },
    workflowId: "child-1",
    how,
  }).reply;

const childOf = (group: Group): Run | undefined => findRun(group.state, "child-1");
const isCancelled = (run: Run | undefined): boolean =>
  run?.inputs.some(({ kind }) => kind === "cancel") === true;

test("rule 24: a child is told before it is started, and starts once", () => {
  const { group } = groupOfThree();
  const parent = group.start("order-1");
  group.say(parent, [told()]);
  assert.is(parent.children.get(path("0"))?.workflowId, "child-1");
  assert.is(startChild(group, parent).kind, "started");
  assert.is(startChild(group, parent).kind, "joined");
  assert.equal(childOf(group)?.parent, { runId: parent.id, path: path("0") });
});

test("an id that another start has taken is a conflict; nothing is changed", () => {
  const { group } = groupOfThree();
  const parent = group.start("order-1");
  const other = group.start("child-1");
  assert.is(startChild(group, parent).kind, "conflict");
  assert.is(other.parent, undefined);
});

test("rule 24: a close that overtakes its Start keeps the child from beginning", () => {
  const { group } = groupOfThree();
  const parent = group.start("order-1");
  group.say(parent, [told()]);
  closeChild(group, parent);
  assert.is(startChild(group, parent).kind, "ignored");
  assert.is(childOf(group), undefined);
  // Another effect's child of the same id is another child.
  assert.is(startChild(group, parent, "1").kind, "started");
});

for (const how of ["cancel", "terminate"] as const) {
  test(`a parent's end closes its children: ${how}`, () => {
    const { group } = groupOfThree();
    const parent = group.start("order-1");
    group.say(parent, [told(how)]);
    startChild(group, parent);
    group.say(parent, [finish()]);
    const child = childOf(group);
    assert.is(child?.status.kind === "terminated", how === "terminate");
    assert.is(isCancelled(child), how === "cancel");
  });

  test(`a parent that ends before its child's Start came kills it on arrival: ${how}`, () => {
    const { group } = groupOfThree();
    const parent = group.start("order-1");
    group.say(parent, [told(how), finish()]);
    assert.is(startChild(group, parent).kind, "ignored");
    assert.is(childOf(group), undefined);
  });
}

test("an abandoned child goes on, and may begin after its parent's end", () => {
  const { group } = groupOfThree();
  const parent = group.start("order-1");
  group.say(parent, [told("abandon"), finish()]);
  assert.is(startChild(group, parent).kind, "started");
  assert.is(childOf(group)?.status.kind, "running");
});

test("a terminated parent takes its children's children along", () => {
  const { group } = groupOfThree();
  const parent = group.start("order-1");
  group.say(parent, [told("terminate")]);
  startChild(group, parent);
  const child = childOf(group);
  if (child === undefined) throw new Error("no child");
  group.say(child, [{ ...told("terminate"), workflowId: "grandchild" } as BatchItem]);
  const grand = { runId: child.id, path: path("0") };
  group.apply({ kind: "start-child", parent: grand, start: startOf("grandchild") });
  group.apply({ kind: "terminate", runId: parent.id, reason: "enough" });
  assert.is(findRun(group.state, "grandchild")?.status.kind, "terminated");
});

test("a child that is continued stays its parent's", () => {
  const { group } = groupOfThree();
  const parent = group.start("order-1");
  group.say(parent, [told()]);
  startChild(group, parent);
  const child = childOf(group);
  if (child === undefined) throw new Error("no child");
  const as = { kind: "continued", input: bytes(), inputHash: "", consumed: [] } as const;
  group.say(child, [{ kind: "finish", outcome: { ok: true, value: bytes() }, as }]);
  assert.is.not(childOf(group)?.id, child.id);
  group.say(parent, [finish()]);
  assert.ok(isCancelled(childOf(group)));
});

test("rule 24: a finished child is awaited until its parent has its result", () => {
  const { group } = groupOfThree();
  const parent = group.start("order-1");
  group.say(parent, [told()]);
  startChild(group, parent);
  const child = childOf(group);
  if (child === undefined) throw new Error("no child");
  group.say(child, [finish()]);
  assert.ok(isAwaited(group.state, child));
  group.say(parent, [outcome("0")]);
  assert.not(isAwaited(group.state, child));
});

test("rule 27: parents, children and tombstones survive a snapshot", () => {
  const { group } = groupOfThree();
  const parent = group.start("order-1");
  group.say(parent, [told(), told("abandon", "1")]);
  closeChild(group, parent);
  const copy = decodeState(encodeState(group.state));
  assert.is(stateHash(copy), stateHash(group.state));
  assert.equal(copy.tombstones, group.state.tombstones);
  assert.equal(copy.runs.get(parent.id)?.children, parent.children);
});

test.run();
