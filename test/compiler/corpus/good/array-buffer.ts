// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "array-buffer", version: 1, run: function* (input: { n: number }) {
  return new DataView(new ArrayBuffer(8)).getUint8(0) + new Uint8Array(input.n).length;
} });
