import { workflow } from "raftoral";

export const wf = workflow({ name: "zoned-template", version: 1, run: function* (input: { day: string; zone: string }) {
  return [new Date(`${input.day}T09:00:00Z`), new Date(`${input.day}T09:00${input.zone}`)];
} });
