// expect: time @ line 4
import { body } from "./_lib/body.js";
import { workflow } from "raftoral";
export const wf = workflow({ name: "time-body-elsewhere", version: 1, run: body });
