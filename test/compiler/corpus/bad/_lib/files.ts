import * as fs from "node:fs";
export function readConfig(path: string): string { return fs.readFileSync(path, "utf8"); }
