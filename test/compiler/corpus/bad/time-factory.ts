// expect: time @ line 5
import { type Gen, workflow } from "raftoral";
function define(name: string, run: (input: { n: number }) => Gen<number>) { return workflow({ name, version: 1, run }); }
export const wf = define("time-factory", function* (input) {
  return Date.now() - input.n;
});
