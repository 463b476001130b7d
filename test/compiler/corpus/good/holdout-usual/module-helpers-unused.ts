import { hostname } from "node:os";
import { step, workflow } from "raftoral";

/** For the process that starts runs, not for bodies. */
export function startupBanner(): string {
  return `${hostname()} ${process.version} ${new Date().toLocaleString()}`;
}
const cache = new Map<string, string>();
const lookup = step("lookup", async (key: string) => {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const value = await (await fetch(`https://kv.test/${key}`)).text();
  cache.set(key, value);
  return value;
});

export const cached = workflow({
  name: "cached",
  run: function* (key: string) {
    return yield* lookup(key);
  },
});
