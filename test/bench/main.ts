import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Bench, BenchRecord } from "./harness.ts";

// npm run bench [-- SUITE…] [--json]: runs the suites of test/bench/*.bench.ts, or those named.
// With --json one record a line and nothing else; otherwise a table.

// As users measure, unless they say otherwise; processes that a bench starts inherit it.
process.env["NODE_ENV"] ??= "production";

const COLUMNS = ["value", "p50", "p99", "floor", "ratio", "budget"] as const;
const NAME_WIDTH = 44;
const WIDTH = 12;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});

const benches = await Promise.all(
  readdirSync(new URL(".", import.meta.url))
    .filter((name) => name.endsWith(".bench.ts"))
    .sort()
    .map(async (name) => {
      const file: { readonly bench: Bench } = await import(`./${name}`);
      return file.bench;
    }),
);
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));

if (unknown.length > 0) {
  process.stderr.write(`no suite ${unknown.join(", ")}; there are: ${names()}\n`);
  process.exitCode = 1;
} else {
  const chosen = benches.filter((b) => positionals.length === 0 || positionals.includes(b.name));
  for (const bench of chosen) await run(bench);
}

function names(): string {
  return benches.map((bench) => bench.name).join(", ");
}

async function run(bench: Bench): Promise<void> {
  if (!values.json) process.stdout.write(heading(bench.name));
  await bench.run((record) => {
    process.stdout.write(values.json ? `${JSON.stringify(record)}\n` : row(record));
  });
}

function heading(name: string): string {
  const titles = COLUMNS.map((column) => column.padStart(WIDTH)).join("");
  return `\n${name.padEnd(NAME_WIDTH)}${titles}\n`;
}

function row(record: BenchRecord): string {
  const cells = COLUMNS.map((column) => shown(record[column]).padStart(WIDTH)).join("");
  const name = `  ${record.name} (${record.unit})`.padEnd(NAME_WIDTH);
  return `${name}${cells}${isOver(record) ? "  OVER" : ""}\n`;
}

function shown(figure: number | undefined): string {
  if (figure === undefined) return "";
  return figure >= 1_000 ? Math.round(figure).toLocaleString("en") : figure.toPrecision(3);
}

function isOver({ value, unit, budget }: BenchRecord): boolean {
  if (budget === undefined) return false;
  return unit === "per-second" ? value < budget : value > budget;
}
