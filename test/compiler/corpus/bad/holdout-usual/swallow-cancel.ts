import { sleep, step, workflow } from "raftoral";

const ping = step("ping", async (host: string) => host.length > 0);

export const watchdog = workflow({
  name: "watchdog",
  run: function* (host: string) {
    let failures = 0;
    while (failures < 3) {
      try {
        yield* ping(host);
        yield* sleep("1 minute");
      } catch {
        failures += 1;
      }
    }
    return host;
  },
});
