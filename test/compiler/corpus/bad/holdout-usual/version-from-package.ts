import { workflow } from "raftoral";

const build = { number: Number("7") };

export const release = workflow({
  name: "release",
  version: build.number,
  run: function* (input: { tag: string }) {
    return input.tag;
  },
});
