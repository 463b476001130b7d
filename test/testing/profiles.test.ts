import { execFileSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { simulateCore } from "../../src/testing/sim/core/core-simulation.ts";
import { coreSwarmOf } from "../../src/testing/sim/core/swarm.ts";
import { PROFILES, type SeedReport } from "../../src/testing/sim/profiles.ts";

const test = suite("testing: profiles", { limitMs: 60_000 });

/** The workflow profile has a file of its own. */
const SIZES = new Map([
  ["core", 25],
  ["disk", 60],
  ["engine", 25],
]);

for (const [name, seeds] of SIZES) {
  const profile = PROFILES.get(name);
  const reports: SeedReport[] = [];

  test(`${name}: the laws hold in the first seeds`, async () => {
    assert.ok(profile !== undefined);
    for (let seed = 1; seed <= seeds; seed++) reports.push(await profile.run(seed));
    const failures = reports.filter(({ violations }) => violations.length > 0);
    assert.equal(
      failures.map(({ seed, violations }) => ({ seed, violations })),
      [],
    );
  });

  test(`${name}: one seed gives one trace, here and in another process`, async () => {
    assert.ok(profile !== undefined);
    const [first] = reports;
    assert.is((await profile.run(1)).hash, first?.hash);
    const args = ["src/testing/sim/main.ts", "--profile", name, "--seed", "1", "--json"];
    const out = execFileSync(process.execPath, [...process.execArgv, ...args], {
      encoding: "utf8",
    });
    assert.is(JSON.parse(out.slice(0, out.indexOf("\n"))).lastHash, first?.hash);
    assert.is(new Set(reports.map(({ hash }) => hash)).size, seeds);
  });
}

test("core: what can be set for a seed is what it runs in, and a trace tells what happened", () => {
  const swarm = { ...coreSwarmOf(3), nodes: 1, spares: 0, faultsMs: 500 };
  const report = simulateCore(3, { swarm, isTracing: true });
  assert.equal(report.violations, []);
  assert.equal(report.swarm, swarm);
  assert.ok(report.trace.some((line) => line.includes('"leader"')));
});

test.run();
