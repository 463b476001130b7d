// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "url-and-buffer", version: 1, run: function* (input: { n: number; kind: string }) {
  const url = new URL("https://a.test/?x=" + input.n);
  return url.searchParams.get("x") + Buffer.from(input.kind).toString("base64") + new TextEncoder().encode("a").length;
} });
