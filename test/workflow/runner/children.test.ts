import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nodeId, runId } from "../../../src/std/ids.ts";
import { child } from "../../../src/workflow/dsl/child.ts";
import { workflow } from "../../../src/workflow/dsl/define.ts";
import { receive, signal } from "../../../src/workflow/dsl/signal.ts";
import { NO_TERMS } from "../../../src/workflow/machine/terms.ts";
import { Cluster, codec, resultOf } from "./host.ts";

const test = suite("runner: children");

const leaf = workflow({
  name: "leaf",
  run: function* () {
    return yield* receive(signal<string>("go"));
  },
});

const parent = workflow({
  name: "parent",
  run: function* () {
    try {
      return yield* child(leaf, undefined, { id: "leaf" });
    } catch (error) {
      return String(error);
    }
  },
});

test("a child that ended because its time was up is told to its parent", async () => {
  const cluster = new Cluster();
  cluster.join(1, [parent, leaf]);
  const id = cluster.start("p", parent);
  await cluster.deliver();
  const before = cluster.state.byWorkflowId.get("leaf") ?? runId("");
  // Somebody replaced it, and gave it a time.
  const [input, inputHash] = [codec.encode(undefined), codec.hash(undefined)];
  const named = { workflowId: "leaf", name: "leaf", version: 1, owner: nodeId(1) };
  const terms = { ...NO_TERMS, onConflict: "replace", requestId: "r", timeoutMs: 100 } as const;
  const of = { runId: id, path: cluster.run(before).parent?.path ?? ("" as never) };
  const start = { kind: "start", ...named, input, inputHash, terms } as const;
  cluster.commit({ kind: "start-child", parent: of, start });
  const after = cluster.state.byWorkflowId.get("leaf") ?? runId("");
  assert.is.not(after, before);
  cluster.nowMs += 100;
  cluster.commit({ kind: "expire", runId: after });
  await cluster.deliver();
  assert.match(String(resultOf(cluster.run(id))), /leaf took longer than its start allowed/);
});

test.run();
