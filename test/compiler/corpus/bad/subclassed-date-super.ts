import { workflow } from "raftoral";

class Moment extends Date {
  constructor() {
    super();
  }
}
export const wf = workflow({ name: "subclassed-date-super", version: 1, run: function* (input: { n: number }) {
  return new Moment().getTime() + input.n;
} });
