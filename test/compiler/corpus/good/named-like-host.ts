// expect: none
import { workflow } from "raftoral";
const randomUUID = (n: number): string => "id-" + n;
const uuidOf = (text: string): string => "uuid-" + text;
export const wf = workflow({ name: "named-like-host", version: 1, run: function* (input: { n: number }) {
  return randomUUID(input.n) + uuidOf("a");
} });
