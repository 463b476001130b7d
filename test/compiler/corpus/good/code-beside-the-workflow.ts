// expect: none
import { workflow } from "raftoral";
export async function main(): Promise<number> { setTimeout(() => console.log(process.env["HOME"]), 1); return Date.now() + Math.random(); }
export const wf = workflow({ name: "code-beside-the-workflow", version: 1, run: function* (input: { n: number }) { return input.n; } });
