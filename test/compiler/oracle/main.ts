import { parseArgs } from "node:util";
import { generatedBody } from "./bodies.ts";
import { oracle } from "./oracle.ts";

// npm run lint:oracle -- [--bodies N] [--seed N]: generated bodies, linted and run on two hosts.
// Exits with 1 when one differs of which the linter said nothing.

const { values } = parseArgs({
  options: { bodies: { type: "string" }, seed: { type: "string" } },
});
const { silent, flagged, flaggedAndDiffer, missed, missedWithout } = oracle(
  Number(values.seed ?? 1),
  Number(values.bodies ?? 1_000),
);
for (const seed of missed)
  process.stdout.write(`MISSED SEED=${seed}\n${generatedBody(seed).text}\n`);
process.stdout.write(`${silent} silent, of which ${missed.length} differ\n`);
process.stdout.write(`${flagged} flagged, of which ${flaggedAndDiffer} differ\n`);
for (const [rule, count] of Object.entries(missedWithout).sort()) {
  process.stdout.write(`without ${rule} ${count} would be missed\n`);
}
if (missed.length > 0) process.exitCode = 1;
