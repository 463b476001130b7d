import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nodeId, path, type RunId } from "../../../src/std/ids.ts";
import { decodeCommand, encodeCommand } from "../../../src/workflow/machine/codec.ts";
import type { Start } from "../../../src/workflow/machine/command.ts";
import { freezeState, StateBuilder } from "../../../src/workflow/machine/snapshot.ts";
import { createMachineState } from "../../../src/workflow/machine/state.ts";
import { Group } from "./group.ts";

const test = suite("workflow machine: purge");

const HOUR = 3_600_000;

const startOf = (workflowId: string): Start => ({
  kind: "start",
  workflowId,
  name: "order",
  version: 1,
  input: new Uint8Array(1),
  inputHash: "h",
  owner: nodeId(1),
});

function idOf(group: Group, workflowId: string): RunId {
  const id = group.state.byWorkflowId.get(workflowId);
  if (id === undefined) throw new Error(`no ${workflowId}`);
  return id;
}

function started(group: Group, workflowId: string): RunId {
  group.apply(startOf(workflowId));
  return idOf(group, workflowId);
}

const purge = (group: Group, ...runIds: readonly RunId[]): void => {
  group.apply(decodeCommand(encodeCommand({ kind: "purge", afterMs: HOUR, runIds })));
};

test("a run is forgotten when its end is long enough ago by log time, and not before", () => {
  const group = new Group();
  const [over, open] = [started(group, "over"), started(group, "open")];
  group.apply({ kind: "terminate", runId: over, reason: "test" });
  group.stampMs += HOUR - 1;
  purge(group, over, open);
  assert.is(group.state.runs.size, 2);
  group.stampMs += 1;
  purge(group, over, open);
  assert.equal([...group.state.runs.keys()], [open], "what runs stays");
  assert.is(group.state.byWorkflowId.get("over"), undefined);
  const again = started(group, "over");
  assert.is.not(again, over, "its id starts another run");
});

test("rule 24: a child stays until its parent has its result", () => {
  const group = new Group();
  const parent = { runId: started(group, "parent"), path: path("1") };
  const run = group.state.runs.get(parent.runId);
  assert.ok(run !== undefined);
  const link = { workflowId: "child", parentClose: "cancel", isClosed: false };
  Object.assign(run ?? {}, { children: new Map([[parent.path, link]]) });
  group.apply({ kind: "start-child", parent, start: startOf("child") });
  const child = idOf(group, "child");
  group.apply({ kind: "terminate", runId: child, reason: "test" });
  group.stampMs += HOUR;
  purge(group, child);
  assert.ok(group.state.runs.has(child));
  group.apply({ kind: "terminate", runId: parent.runId, reason: "test" });
  purge(group, child);
  assert.not.ok(group.state.runs.has(child));
});

test("rule 27: what is forgotten while a snapshot is taken is in it, as it was", () => {
  const group = new Group();
  const runs = ["a", "b", "c"].map((id) => started(group, id));
  for (const runId of runs) group.apply({ kind: "terminate", runId, reason: "test" });
  group.stampMs += HOUR;
  const view = freezeState(group.state, 1);
  purge(group, ...runs);
  assert.is(group.state.runs.size, 0);
  const restored = createMachineState("");
  const builder = new StateBuilder(restored);
  for (let piece = view.next(); piece !== undefined; piece = view.next()) builder.add(piece);
  builder.finish();
  assert.equal([...restored.runs.keys()], runs);
});

test.run();
