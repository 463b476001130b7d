// expect: none
import { workflow } from "raftoral";
type When = typeof Date.now;
interface Port { readonly clock: When; readonly env: NodeJS.ProcessEnv }
export const wf = workflow({ name: "type-positions", version: 1, run: function* (input: { n: number }) {
  const port: Partial<Port> = {};
  return Object.keys(port).length + input.n;
} });
