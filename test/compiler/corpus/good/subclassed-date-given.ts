import { workflow } from "raftoral";

class Moment extends Date {
  constructor(ms: number) {
    super(ms);
  }
}
class Plain extends Date {}
export const wf = workflow({ name: "subclassed-date-given", version: 1, run: function* (input: { n: number }) {
  const at: Date = Reflect.construct(Date, [input.n]);
  return new Moment(input.n).getTime() + new Plain(input.n).getTime() + at.getTime();
} });
