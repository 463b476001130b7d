import process from "node:process";
import type { LintRun } from "./run.ts";

/** What `--stats` tells: where the time went, and which rules found how much. */
export function statistics(run: LintRun): string {
  const { times, analysis, report } = run;
  const byRule = new Map<string, number>();
  for (const { ruleId } of report.findings) byRule.set(ruleId, (byRule.get(ruleId) ?? 0) + 1);
  const reached = analysis.workflows.reduce(
    (sum, { functionsReached }) => sum + functionsReached,
    0,
  );
  const unread = analysis.workflows.reduce((sum, { unverifiedCalls }) => sum + unverifiedCalls, 0);
  const { user, system } = process.cpuUsage();
  const rows: readonly (readonly [string, string])[] = [
    ["taken from", times.source],
    ["reading and cache", milliseconds(times.read)],
    ["analysis", milliseconds(times.analysis)],
    ["report", milliseconds(times.report)],
    ["processor time", milliseconds((user + system) / 1000)],
    ["memory", `${Math.round(process.memoryUsage().rss / 1024 / 1024)} MiB`],
    ["files read", `${analysis.files.length}`],
    ["workflows", `${analysis.workflows.length}`],
    ["functions reached", `${reached}`],
    ["calls", `${analysis.calls.length}`],
    ["calls not readable", `${unread}`],
    ...[...byRule].sort().map(([id, count]) => [id, `${count}`] as const),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join("");
}

const milliseconds = (ms: number): string => `${Math.round(ms)} ms`;
