import { compute, workflow } from "raftoral";

export const dropped = workflow({
  name: "dropped",
  run: function* (users: readonly string[]) {
    for (const user of users) void compute(`greet ${user}`, () => user);
    return users.length;
  },
});
