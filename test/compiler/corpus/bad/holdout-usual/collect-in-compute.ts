import { compute, workflow } from "raftoral";

export const crawl = workflow({
  name: "crawl",
  run: function* (urls: readonly string[]) {
    const failures: string[] = [];
    let bytes = 0;
    for (const url of urls) {
      yield* compute(`get ${url}`, async () => {
        const response = await fetch(url);
        if (!response.ok) failures.push(url);
        bytes += (await response.text()).length;
      });
    }
    return { failures, bytes };
  },
});
