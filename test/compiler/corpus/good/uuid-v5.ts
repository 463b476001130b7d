// expect: none
import { v5, validate } from "uuid";
import { workflow } from "raftoral";
export const wf = workflow({ name: "uuid-v5", version: 1, run: function* (input: { n: number }) {
  const id = v5("a", "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  return validate(id) ? id : input.n;
} });
