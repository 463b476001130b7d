// expect: closure-mutation @ line 5
import { compute, workflow } from "raftoral";
export const wf = workflow({ name: "closure-object-assign", version: 1, run: function* (input: { n: number }) {
  const user = { id: "" };
  yield* compute("find", () => { Object.assign(user, { id: "a" }); return true; });
  return user.id;
} });
