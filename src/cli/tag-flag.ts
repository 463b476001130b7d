import { RaftoralError } from "../errors.ts";

/** Tags as flags give them: `key=value`, parted at the first sign. */
export function tagsOf(flags: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(flags.map(tagOf));
}

function tagOf(flag: string): readonly [string, string] {
  const at = flag.indexOf("=");
  if (at >= 1) return [flag.slice(0, at), flag.slice(at + 1)];
  throw new RaftoralError("invalid-argument", `--tag ${flag}: it is key=value`);
}
