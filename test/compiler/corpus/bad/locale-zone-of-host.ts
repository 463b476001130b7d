// expect: locale @ line 4
import { workflow } from "raftoral";
export const wf = workflow({ name: "locale-zone-of-host", version: 1, run: function* (input: { n: number }) {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
} });
