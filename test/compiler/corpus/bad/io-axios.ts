// expect: io @ line 5
import axios from "axios";
import { workflow } from "raftoral";
export const wf = workflow({ name: "io-axios", version: 1, run: function* (input: { n: number }) {
  void axios.get("https://a.test");
  return input.n;
} });
