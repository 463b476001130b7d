import type { AnyWorkflow } from "raftoral";
import { type Cluster, createCluster } from "raftoral/testing";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { crashMatrix, type MatrixWorld } from "../../src/testing/crash-matrix.ts";
import { createValueCodec } from "../../src/workflow/values/codec.ts";
import type { Case, CaseWorld } from "./cases.ts";

/** Where each case is run: the table of effects has a column for each. */
export const PLACES = ["one node", "three nodes", "crash matrix"] as const;

const codec = createValueCodec();

const ofMatrix = (world: MatrixWorld): CaseWorld => ({
  start: (workflow, input, id) => world.start(workflow, input, id),
  signal: (id, signal, value) => world.signal(id, signal, value),
  cancel: (id, reason) => world.cancel(id, reason),
  end: (id) => world.end(id),
  know: (workflow) => world.know(workflow),
  untilVariable: (id, name, value) =>
    world.until(id, (run) => {
      const bytes = run.variables.get(name);
      return bytes !== undefined && isSame(codec.decode(bytes), value);
    }),
});

const isSame = (a: unknown, b: unknown): boolean => codec.hash(a) === codec.hash(b);

/** The same through handles of whole nodes; each call goes to another one. */
function ofCluster(cluster: Cluster, workflow: () => AnyWorkflow): CaseWorld {
  let calls = 0;
  const node = () => cluster.node(cluster.names[calls++ % cluster.names.length] ?? "a");
  const handle = (id: string) => node().get(workflow(), id);
  return {
    start: async (definition, input, id) => {
      await node().start(definition, input, { id });
    },
    know: async () => {},
    signal: (id, signal, value) => handle(id).signal(signal, value),
    cancel: (id, reason) => handle(id).cancel(reason),
    end: async (id) => {
      const words = (e: Error): string => `${e.name}: ${e.message}`;
      const end = await handle(id)
        .result()
        .then(
          (value) => ({ kind: "completed", value }),
          (error) => ({ kind: KINDS[error.code] ?? error.code, error }),
        );
      if (!("error" in end)) return end;
      return end.kind === "failed"
        ? { kind: end.kind, value: words(end.error.cause) }
        : { kind: end.kind };
    },
    untilVariable: async (id, name, value) => {
      for (let i = 0; i < 500; i++) {
        const found = await handle(id)
          .variable(name)
          .catch(() => NOTHING);
        if (found !== NOTHING && isSame(found, value)) return;
        await cluster.advance(20);
      }
      throw new Error(`${id} never set ${name} to ${JSON.stringify(value)}`);
    },
  };
}

const NOTHING = Symbol("nothing");
const KINDS: Readonly<Record<string, string>> = {
  "workflow-failed": "failed",
  "workflow-cancelled": "cancelled",
  "workflow-terminated": "terminated",
};

/** Each case on one process, on three, on whole nodes, and with a takeover at every entry. */
export function runCases(
  test: Test,
  cases: readonly Case[],
  workflows: readonly AnyWorkflow[],
): void {
  for (const { name, scenario, outcome } of cases) {
    for (const nodes of [1, 3]) {
      test(`${name}: on ${nodes}, with a takeover at every entry`, async () => {
        const report = await crashMatrix({ nodes, scenario: (world) => scenario(ofMatrix(world)) });
        assert.equal(report.outcome, outcome);
        assert.ok(report.takeovers > 2, `${report.takeovers} takeovers`);
      });
    }
  }

  for (const nodes of [1, 3]) {
    test(`all of them on ${nodes} whole nodes`, async () => {
      const cluster = await createCluster({ workflows: workflows, nodes, seed: 7 });
      for (const { name, scenario, outcome } of cases) {
        const [any] = workflows;
        if (any === undefined) throw new Error("no workflows");
        const end = await scenario(ofCluster(cluster, () => any)).catch((error) => {
          // A case that shares its workflow with another one has its own id.
          throw new Error(`${name}: ${error.message}`, { cause: error });
        });
        assert.equal(end, outcome, name);
      }
      await cluster.stop();
    });
  }
}
