import { map, step, workflow } from "raftoral";

const resize = step("resize", (image: string) => image.length * 100);

export const album = workflow({
  name: "album",
  run: function* (images: readonly string[]) {
    // Two at a time; results in the order of the images, whichever ends first.
    const sizes = yield* map(images, (image) => resize(image), { concurrency: 2 });
    return sizes.reduce((sum, size) => sum + size, 0);
  },
});
