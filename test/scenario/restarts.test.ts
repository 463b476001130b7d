import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { all, compute, type Fx, type RunHandle, sleep, workflow } from "raftoral";
import { type Cluster, createCluster } from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";

/** On real files, under load: one node dies and comes back a hundred times. */
const test = suite("scenario: restarts", { limitMs: 240_000 });

const RESTARTS = 100;
/** Runs under way at once. */
const LOAD = 8;

/** The outside: it answers each key once and for all. */
class Outside {
  readonly answers = new Map<string, number>();

  act({ idempotencyKey }: Fx): number {
    const answer = this.answers.get(idempotencyKey) ?? this.answers.size + 1;
    this.answers.set(idempotencyKey, answer);
    return answer;
  }
}

const outside = new Outside();
const busy = workflow({
  name: "busy",
  run: function* () {
    const first = yield* compute("first", (fx) => outside.act(fx));
    yield* sleep("30ms");
    const [second, third] = yield* all([
      compute("second", async (fx) => outside.act(fx)),
      compute("third", (fx) => outside.act(fx)),
    ]);
    return [first, second, third];
  },
});

test("rule 14: a node restarted 100 times under load loses nothing, doubles nothing", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "restarts-"));
  const cluster = await createCluster({ nodes: 3, workflows: [busy], clock: "real", dataDir });
  try {
    const load = new Load(cluster);
    for (let i = 0; i < RESTARTS; i++) {
      cluster.crash("b");
      await cluster.restart("b");
    }
    const handles = await load.stop();
    assert.ok(handles.length > RESTARTS, `${handles.length} runs are no load`);
    const values = await Promise.all(handles.map((run) => run.result({ timeout: "30s" })));
    // Each result is the outside's answer for a key of its own, and none came twice.
    assert.is(new Set(values.flat()).size, values.length * 3);
    assert.is(outside.answers.size, values.length * 3);
  } finally {
    await cluster.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

/** Starts runs on all three, the dying one too, and keeps those whose start was acknowledged. */
class Load {
  readonly #cluster: Cluster;
  readonly #started: string[] = [];
  readonly #serving: Promise<unknown>;
  #isOver = false;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#serving = Promise.all(Array.from({ length: LOAD }, (_, i) => this.#serve(i)));
  }

  async stop(): Promise<readonly RunHandle<number[]>[]> {
    this.#isOver = true;
    await this.#serving;
    return this.#started.map((id) => this.#cluster.node("a").get(busy, id));
  }

  async #serve(server: number): Promise<void> {
    for (let i = 0; !this.#isOver; i++) {
      const id = `${server}-${i}`;
      const run = await this.#start(id, ["a", "b", "c"][(server + i) % 3] ?? "a");
      await run?.result({ timeout: "30s" }).catch(() => {});
    }
  }

  /** Undefined: it died meanwhile; asked again elsewhere under the same id. */
  async #start(id: string, name: string): Promise<RunHandle<number[]> | undefined> {
    for (const at of [name, "a"]) {
      try {
        const run = await this.#cluster.node(at).start(busy, undefined, { id });
        this.#started.push(id);
        return run;
      } catch {
        // The next one is asked.
      }
    }
    return;
  }
}

test.run();
