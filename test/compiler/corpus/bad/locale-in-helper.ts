// expect: locale @ line 5
import { workflow } from "raftoral";
const isNight = (date: Date): boolean => date.getHours() < 6;
export const wf = workflow({ name: "locale-in-helper", version: 1, run: function* (input: { n: number }) {
  return isNight(new Date(input.n));
} });
