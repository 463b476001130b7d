// npm run example NN: runs the example of that number.

import { readdirSync } from "node:fs";

const [number = ""] = process.argv.slice(2);
const names = readdirSync(import.meta.dirname).filter((name) => /^\d\d-/.test(name));
const name = names.find((folder) => folder.startsWith(`${number}-`));
if (name === undefined) {
  process.stderr.write(`npm run example NN, one of: ${names.sort().join(", ")}\n`);
  process.exitCode = 2;
} else await import(`./${name}/start.ts`);
