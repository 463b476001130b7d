import { step, workflow } from "raftoral";

const resize = step("resize", async (size: number) => `${size}px`);

export const thumbnails = workflow({
  name: "thumbnails",
  run: function* (sizes: number[]) {
    const pending = sizes.map(async (size) => resize(size));
    return pending.length;
  },
});
