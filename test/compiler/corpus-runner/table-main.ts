import { emptyCells, ruleTable, tableText } from "./rule-table.ts";

// npm run lint:table: what each rule has. Exits with 1 if a cell is empty.

const rows = await ruleTable("test/compiler/corpus");
process.stdout.write(tableText(rows));
const empty = emptyCells(rows);
process.stdout.write(`\n${rows.length} rules, ${empty.length} empty cells\n`);
for (const cell of empty) process.stdout.write(`empty: ${cell}\n`);
if (empty.length > 0) process.exitCode = 1;
