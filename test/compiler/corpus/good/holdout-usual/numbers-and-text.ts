import { step, workflow } from "raftoral";

const publish = step("publish", async (slug: string) => slug);
const slugOf = (title: string): string =>
  title.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
const checksum = (text: string): number =>
  Array.from(text).reduce((sum, char) => Math.imul(sum, 31) + (char.codePointAt(0) ?? 0), 7) >>> 0;

export const blog = workflow({
  name: "blog",
  run: function* (title: string) {
    return yield* publish(`${slugOf(title)}-${checksum(title).toString(16)}`);
  },
});
