import { allSettled, any, map, step, workflow } from "raftoral";

const probe = step("probe", async (host: string) => host.length);

export const probes = workflow({
  name: "probes",
  run: function* (hosts: readonly string[]) {
    const settled = yield* allSettled(hosts.map((host) => probe(host)));
    const bad = settled.filter(({ status }) => status === "rejected").length;
    const fastest = yield* any(hosts.map((host) => probe(host)));
    const again = yield* map(hosts, (host) => probe(host), { concurrency: 2 });
    return { bad, fastest, again };
  },
});
