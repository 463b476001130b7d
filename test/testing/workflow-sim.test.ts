import { execFileSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type SeedReport, simulate } from "../../src/testing/sim/workflow/simulation.ts";

const test = suite("testing: workflow simulator", { limitMs: 30_000 });

const SEEDS = 150;
const reports: SeedReport[] = [];

/**
 * SEMANTICS, all rules of the workflow profile: what each seed checks is in `workflow/checks.ts`.
 */
test("the law holds in random programs under random faults", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) reports.push(await simulate(seed));
  const failures = reports.filter(({ violations }) => violations.length > 0);
  assert.equal(
    failures.map(({ seed, violations }) => ({ seed, violations })),
    [],
  );
});

test("the seeds go through the paths that are rare elsewhere", () => {
  const marks = new Set(reports.flatMap((report) => [...report.marks]));
  const wanted = [
    "batch duplicate",
    "batch gap",
    "batch stale",
    "body entered alone",
    "crash",
    "epoch change between attempts",
    "epoch change inside a stretch with writes",
    "evicted from its owner",
    "hint lost",
    "joined",
    "overloaded",
    "poison of body ends an owner",
    "poison of inputs ends an owner",
    "poison set aside",
    "reset",
    "restart from a snapshot",
    "superseded",
    "suspected",
    "unassigned",
  ];
  assert.equal(
    wanted.filter((mark) => !marks.has(mark)),
    [],
  );
});

test("one seed gives one trace, twice in this process", async () => {
  for (const { seed, hash } of reports.slice(0, 20)) {
    assert.is((await simulate(seed)).hash, hash, `SEED=${seed}`);
  }
});

test("one seed gives one trace in another process", () => {
  const [first] = reports;
  const line = execFileSync(
    process.execPath,
    [...process.execArgv, "src/testing/sim/main.ts", "--seed", `${first?.seed}`, "--json"],
    { encoding: "utf8" },
  );
  assert.is(JSON.parse(line.slice(0, line.indexOf("\n"))).lastHash, first?.hash);
});

test("another seed gives another trace", () => {
  assert.is(new Set(reports.map(({ hash }) => hash)).size, SEEDS);
});

test.run();
