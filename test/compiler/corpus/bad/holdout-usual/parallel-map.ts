import { map, step, workflow } from "raftoral";

const convert = step("convert", async (page: { n: number; zone: number }) => page.n);

export const convertAll = workflow({
  name: "convert-all",
  run: function* (pages: readonly number[]) {
    return yield* map(pages, (n) => convert({ n, zone: new Date(0).getTimezoneOffset() }), {
      concurrency: 4,
    });
  },
});
