import { type Outcome, runFile, scripts } from "./run.ts";

// npm run conformance [-- DIR]: the core against the public data-driven scripts in DIR, in
// RAFT_CONFORMANCE, or where they lie by default. A line for each file, and what differs.

const SHOWN = 3;

function describe({ file, commands, mismatches }: Outcome): string {
  if (mismatches.length === 0) return `ok      ${file} (${commands})\n`;
  const head = `FAILED  ${file} (${mismatches.length} of ${commands} differ)\n`;
  const bodies = mismatches.slice(0, SHOWN).map(({ command, actual }) => {
    const args = command.args.map(({ key, values }) =>
      values.length === 0 ? key : `${key}=(${values.join(", ")})`,
    );
    const directive = [command.name, ...args].join(" ");
    const title = `--- ${file}:${command.line}: ${directive}\n${command.input}`.trimEnd();
    return `${title}\n--- expected\n${command.expected}--- actual\n${actual}`;
  });
  return head + bodies.join("");
}

const { folder, files } = scripts(process.argv[2]);
if (files.length === 0) {
  process.stdout.write(`NO RAFT CONFORMANCE SCRIPTS in ${folder}: nothing was tested\n`);
} else {
  const outcomes = files.map((file) => runFile(folder, file));
  for (const outcome of outcomes) process.stdout.write(describe(outcome));
  const commands = outcomes.reduce((total, outcome) => total + outcome.commands, 0);
  const failed = outcomes.filter(({ mismatches }) => mismatches.length > 0).length;
  const passed = outcomes.length - failed;
  process.stdout.write(
    `${outcomes.length} files, ${commands} commands: ${passed} passed, ${failed} failed\n`,
  );
  process.exitCode = failed > 0 ? 1 : 0;
}
