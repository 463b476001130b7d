import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  all,
  compute,
  continueAsNew,
  type Gen,
  saga,
  spawn,
  step,
  valueType,
  variable,
  workflow,
} from "raftoral";
import {
  createCluster,
  provide,
  type Replayed,
  replayHistories,
  replayHistory,
  TestEngine,
} from "raftoral/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCommandLine } from "../../src/cli/command-line.ts";
import * as renamed from "../fixtures/replay/renamed.ts";
import { charge, pay } from "../fixtures/replay/workflows.ts";

const test = suite("testing: replay of histories", { limitMs: 60_000 });

/** Histories of runs as a real group recorded them. */
async function recorded(): Promise<readonly (readonly string[])[]> {
  const cluster = await createCluster({ nodes: 1, workflows: [pay] });
  try {
    const histories: string[][] = [];
    for (const cents of [1, 2]) {
      const run = await cluster.node("a").start(pay, cents, { id: `pay-${cents}` });
      await run.result();
      const lines: string[] = [];
      for await (const line of run.history()) lines.push(line);
      histories.push(lines);
    }
    return histories;
  } finally {
    await cluster.stop();
  }
}

const histories = await recorded();
const history = histories[0] ?? [];

test("today's code that does what was recorded replays well", async () => {
  const kinds: string[] = [];
  for await (const { kind, run } of replayHistories(histories, [pay])) kinds.push(`${kind} ${run}`);
  assert.equal(kinds, ["ok pay@1 pay-1", "ok pay@1 pay-2"]);
});

test("a history that is still running replays as far as it goes", () => {
  for (let length = 2; length < history.length; length++) {
    const part = history.slice(0, length).map((line, i) => (i === 0 ? running(line) : line));
    assert.is(replayHistory(part, [pay]).kind, "ok", `${length} lines`);
  }
});

/** The header of the same run before its owner had said that anything is closed. */
const running = (header: string): string =>
  JSON.stringify({ ...JSON.parse(header), status: "running", through: -1 });

test("a step that was renamed diverges, with both names and the place", () => {
  const replayed = replayHistory(history, [renamed.pay]);
  assert.is(replayed.kind, "diverged");
  assert.is(replayed.divergence?.recorded, "step charge");
  assert.is(replayed.divergence?.actual, "step charge-card");
  assert.is(replayed.divergence?.path, "1");
  assert.match(lineOf(replayed), /renamed\.ts: .*yield\* charge\(cents\)/);
});

/** `file: ` and the text of the line that a divergence names. */
function lineOf({ divergence }: Replayed): string {
  const [, file = "", line] = /^(.+):(\d+):\d+$/.exec(divergence?.source ?? "") ?? [];
  if (file === "") return "no source";
  return `${file}: ${readFileSync(file, "utf8").split("\n")[Number(line) - 1]?.trim()}`;
}

/** What `before` recorded, replayed with `after`. */
async function replayedWith(before: Body, after: Body): Promise<Replayed> {
  const [was, is] = [before, after].map((run) => workflow({ name: "changed", run }));
  assert.ok(was !== undefined && is !== undefined);
  const provided = ["charge", "ring"].map((name) =>
    provide(
      step(name, () => 1),
      1,
    ),
  );
  const engine = await TestEngine.create({ workflows: [was], provide: provided });
  const run = await engine.start(was);
  await run.result().catch(() => {});
  return replayHistory(run.history(), [is]);
}

/** Of a run that goes on as a new one, again and again. */
async function firstOfChain(run: Body): Promise<readonly string[]> {
  const chained = workflow({ name: "changed", run });
  const engine = await TestEngine.create({ workflows: [chained], provide: [provide(ring, 1)] });
  const started = await engine.start(chained);
  const first = engine.get(chained, JSON.parse(started.history()[0] ?? "").runId);
  await started.until(() => first.status === "continued");
  return first.history();
}

type Body = () => Gen<unknown>;

const [ring, knock] = [step("ring", () => 1), step("knock", () => 1)];
function* twice(how: typeof ring): Gen<number> {
  yield* ring();
  return yield* how(); // in the helper
}

test("the place is the user's, in the innermost helper, branch or task", async () => {
  const bodies: Readonly<Record<string, (how: typeof ring) => Body>> = {
    "in the helper": (how) => () => twice(how),
    "in the branch": (how) =>
      function* () {
        const branch = function* (): Gen<number> {
          return yield* how(); // in the branch
        };
        yield* all({ a: ring(), b: branch });
      },
    "at the combinator": (how) =>
      function* () {
        yield* all({ a: ring(), b: how() }); // at the combinator
      },
    "in the task": (how) =>
      function* () {
        const task = function* (): Gen<number> {
          return yield* how(); // in the task
        };
        yield* (yield* spawn(task)).join();
      },
    "in the saga": (how) =>
      function* () {
        yield* saga(function* (s) {
          yield* s.run(ring(), () => ring());
          yield* s.run(how(), () => ring()); // in the saga
        });
      },
  };
  for (const [place, body] of Object.entries(bodies)) {
    const replayed = await replayedWith(body(ring), body(knock));
    assert.is(replayed.divergence?.actual, "step knock", place);
    assert.match(lineOf(replayed), new RegExp(`replay\\.test\\.ts: .*// ${place}$`));
  }
});

test("another kind of end diverges, at the line that throws; another value is none", async () => {
  const giving = (n: number): Body =>
    function* () {
      yield* ring();
      return n;
    };
  const failing: Body = function* () {
    yield* ring();
    throw new RangeError("out"); // here
  };
  const failed = await replayedWith(giving(1), failing);
  assert.is(failed.divergence?.recorded, "the end of the workflow: completed");
  assert.is(failed.divergence?.actual, "the end of the workflow: failed, by RangeError: out");
  assert.match(lineOf(failed), /\/\/ here$/);
  assert.is((await replayedWith(failing, giving(1))).divergence?.recorded.endsWith("failed"), true);
  const goingOn: Body = function* () {
    yield* ring();
    return yield* continueAsNew(undefined);
  };
  const first = await firstOfChain(goingOn);
  assert.is(replayHistory(first, [workflow({ name: "changed", run: goingOn })]).kind, "ok");
  const stopped = replayHistory(first, [workflow({ name: "changed", run: giving(1) })]);
  assert.match(stopped.divergence?.recorded ?? "", /: continued$/);
  assert.match(stopped.divergence?.actual ?? "", /: completed$/);
  assert.is((await replayedWith(giving(1), giving(2))).kind, "ok");
  assert.is((await replayedWith(failing, failing)).kind, "ok");
});

test("code that waits for more than was recorded diverges, and code that ends early", () => {
  const more = workflow({
    name: "pay",
    run: function* (cents: number): Gen<string> {
      const id = yield* pay.run(cents);
      yield* compute("more", () => 1);
      return id;
    },
  });
  const longer = replayHistory(history, [more]);
  assert.is(longer.divergence?.actual, "compute more");
  assert.match(longer.why, /goes on/);
  assert.match(lineOf(longer), /yield\* compute\("more"/);
  const less = workflow({
    name: "pay",
    run: function* (cents: number): Gen<string> {
      yield* variable("state", "charging");
      return (yield* charge(cents)).id;
    },
  });
  assert.is(replayHistory(history, [less]).kind, "diverged");
});

test("what is no history, and a workflow that nobody gave, are told apart", () => {
  assert.is(replayHistory("nonsense", [pay]).kind, "unreadable");
  assert.is(replayHistory(history, []).kind, "unknown");
});

test("a recorded value that the types do not read is unreadable, no divergence", async () => {
  class Money {
    readonly cents: number;
    constructor(cents: number) {
      this.cents = cents;
    }
  }
  const typeOf = (deserialize: (cents: number) => Money) =>
    valueType({
      name: "money",
      isApplicable: (value): value is Money => value instanceof Money,
      serialize: ({ cents }) => cents,
      deserialize,
    });
  const earn = workflow({
    name: "earn",
    run: function* () {
      return (yield* compute("earn", () => new Money(3))).cents;
    },
  });
  const types = [typeOf((cents) => new Money(cents))];
  const engine = await TestEngine.create({ workflows: [earn], types });
  const run = await engine.start(earn);
  assert.is(await run.result(), 3);
  assert.is(replayHistory(run.history(), [earn], { types }).kind, "ok");
  const broken = typeOf(() => {
    throw new Error("no such currency");
  });
  const { divergence, kind, why } = replayHistory(run.history(), [earn], { types: [broken] });
  const told = /^a recorded value cannot be decoded: the type "money" threw/;
  assert.equal([kind, divergence?.path, divergence?.recorded], ["unreadable", "0", "compute earn"]);
  assert.match(why, told);
});

test("raftoral replay exits 0 when all is as recorded, and 1 with a diff when not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "replay-"));
  try {
    histories.forEach((lines, i) => {
      writeFileSync(join(folder, `${i}.jsonl`), `${lines.join("\n")}\n`);
    });
    const good = await ran("replay", folder, "--workflows", "test/fixtures/replay/workflows.ts");
    assert.equal([good.code, good.err], [0, ""]);
    assert.match(good.out, /2 replayed, 0 of them not as recorded/);
    const bad = await ran("replay", folder, "--workflows", "test/fixtures/replay/renamed.ts");
    assert.is(bad.code, 1);
    assert.match(bad.out, /- recorded: step charge\n {2}\+ actual: {3}step charge-card/);
    assert.match(bad.out, / at effect 1, test\/fixtures\/replay\/renamed\.ts:9:\d+\n/);
    const none = await ran("replay", folder, "-w", "test/fixtures/replay/renamed.ts", "--json");
    const { kind, divergence } = JSON.parse(none.out.split("\n")[0] ?? "");
    assert.is(kind, "diverged");
    assert.equal(Object.keys(divergence).sort(), DIVERGENCE);
    assert.match(divergence.source, /\/fixtures\/replay\/renamed\.ts:9:\d+$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const DIVERGENCE = ["actual", "index", "path", "reason", "recorded", "source"];

async function ran(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runCommandLine(args, {
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

test("a path that is not there is told as that, by a code", async () => {
  let code: unknown;
  try {
    for await (const _ of replayHistories("test/fixtures/replay/missing", [pay]));
  } catch (error) {
    code = error instanceof Error && "code" in error ? error.code : error;
  }
  assert.is(code, "invalid-argument");
});

test.run();
