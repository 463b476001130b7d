import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { compute, type Gen } from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../src/errors.ts";
import { locate } from "../../src/node/ports-locate.ts";
import { createTraps, type TrapReport } from "../../src/node/ports-traps.ts";
import { suspendedStack } from "../../src/workflow/dsl/effect.ts";

const test = suite("node: traps");

const holders = [globalThis, Math, performance, crypto, process] as const;
const KEYS =
  "random now randomUUID getRandomValues setTimeout setInterval setImmediate fetch Date env";
/** What each holder has of its own, and what those give that are trapped. */
const all = () =>
  holders.map((holder) => {
    const given = KEYS.split(" ").map((key) => Reflect.get(holder, key));
    return { given, names: Object.getOwnPropertyNames(holder).sort() };
  });
/** Before any trap. */
const before = all();

const TRAPPED: Readonly<Record<string, () => unknown>> = {
  "Math.random": () => Math.random(),
  "Date.now": () => Date.now(),
  "new Date": () => new Date(),
  Date: () => Date(),
  "performance.now": () => performance.now(),
  "crypto.randomUUID": () => crypto.randomUUID(),
  "crypto.getRandomValues": () => crypto.getRandomValues(new Uint8Array(1)),
  setTimeout: () => clearTimeout(setTimeout(() => {}, 1)),
  setInterval: () => clearInterval(setInterval(() => {}, 1)),
  setImmediate: () => clearImmediate(setImmediate(() => {})),
  fetch: () => fetch("nothing:").catch(() => {}),
  "process.env.HOME": () => process.env["HOME"],
};

function warning(): {
  readonly told: TrapReport[];
  readonly traps: ReturnType<typeof createTraps>;
} {
  const told: TrapReport[] = [];
  // A report may use the platform: it is no user code.
  const traps = createTraps("warn", (report) => {
    Date.now();
    told.push(report);
  });
  return { told, traps };
}

test("each call that a replay answers otherwise is told once, with what to write instead", () => {
  for (const [call, ask] of Object.entries(TRAPPED)) {
    const { told, traps } = warning();
    for (let twice = 0; twice < 2; twice++) traps.enclose("order", ask);
    traps.enclose("refund", ask);
    assert.equal(
      told.map((report) => [report.workflow, report.call]),
      [
        ["order", call],
        ["refund", call],
      ],
    );
    assert.match(told[0]?.message ?? "", /Write .*(yield\* |an effect).* instead$/);
  }
});

test("what asks nobody is free: dates of a given time, and code that is no body's", () => {
  const { told, traps } = warning();
  traps.enclose("order", () => {
    const date = new Date(0);
    assert.ok(date instanceof Date);
    assert.equal([Date.UTC(1970, 0), Date.parse("1970-01-01"), date.getTime()], [0, 0, 0]);
    assert.type(randomUUID, "function");
  });
  for (const ask of Object.values(TRAPPED)) ask();
  assert.equal(told, []);
});

test("nothing is in place outside, however a step ends; what escaped is harmless", () => {
  const { told, traps } = warning();
  const escaped = traps.enclose("order", () => ({ Date, random: Math.random, env: process.env }));
  const fail = (): never => {
    throw new Error("thrown");
  };
  assert.throws(() => traps.enclose("order", fail), /thrown/);
  all().forEach(({ given, names }, i) => {
    assert.equal(names, before[i]?.names);
    given.forEach((value, k) => void assert.ok(Object.is(value, before[i]?.given[k]), `${i} ${k}`));
  });
  escaped.random();
  assert.ok(new escaped.Date() instanceof Date);
  assert.is(escaped.env["HOME"], process.env["HOME"]);
  assert.equal(told, []);
});

test("where it throws, the call fails with a code, at the user's line", () => {
  const traps = createTraps("throw", () => assert.unreachable());
  for (const [call, ask] of Object.entries(TRAPPED)) {
    try {
      traps.enclose("order", ask);
      assert.unreachable(call);
    } catch (error) {
      assert.ok(error instanceof RaftoralError && error.code === "not-deterministic", call);
      assert.match(error.stack ?? "", /traps\.test\.ts/);
    }
  }
});

test("a suspended body's place is where it waits, in the innermost helper", () => {
  const trace: string[] = [];
  function* helper(): Gen<number> {
    try {
      return yield* compute("one", () => 1);
    } catch {
      trace.push("caught");
    } finally {
      trace.push("cleaned up");
    }
    return 0;
  }
  const body = (function* (): Gen<number> {
    const sum = yield* helper();
    return sum + (yield* compute("two", () => 2));
  })();
  body.next();
  const inHelper = locate(suspendedStack(body) ?? "");
  assert.is(inHelper, locate(suspendedStack(body) ?? ""));
  assert.equal(trace, []);
  body.next(40);
  assert.equal(trace, ["cleaned up"]);
  const inBody = locate(suspendedStack(body) ?? "");
  assert.equal(body.next(2), { done: true, value: 42 });
  assert.is(suspendedStack(body), undefined);
  const lines = readFileSync("test/node/traps.test.ts", "utf8").split("\n");
  const at = (place: string | undefined) =>
    lines[Number(/traps\.test\.ts:(\d+):\d+$/.exec(place ?? "")?.[1]) - 1] ?? "";
  assert.match(at(inHelper), /compute\("one"/);
  assert.match(at(inBody), /compute\("two"/);
});

test.run();
