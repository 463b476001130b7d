import { HOST_CATEGORIES, type HostCategory, indexOf } from "./entry.ts";
import { ECMASCRIPT, NODE_PROCESS, PLATFORM } from "./language.ts";
import { NODE_MODULES } from "./node-modules.ts";
import { PACKAGES, SCOPES } from "./packages.ts";

type Index = ReadonlyMap<string, string>;

const GLOBALS: ReadonlyMap<string, Index> = new Map(
  Object.entries({
    ...ECMASCRIPT,
    ...PLATFORM,
    process: NODE_PROCESS,
    Process: NODE_PROCESS,
  }).map(([name, names]) => [name, indexOf(names)]),
);

/** What a name stands for, and whether looking at it is a finding already. */
export interface Known {
  readonly category: HostCategory | "clean" | "unknown";
  readonly isRead: boolean;
}

/**
 * `Date.now`, `process.env`: a global and what is below it. `fs#readFileSync`, `uuid#v4`: a module
 * and what it exports. `Date.call` and `Date.new` are the function and the constructor themselves.
 */
export function known(name: string): Known {
  const [module, path = ""] = splitAt(name, "#");
  if (name.includes("#")) return knownOf(moduleVerdict(module, path));
  const [root, below = ""] = splitAt(name.replace(/^(globalThis|window|self|global)\./, ""), ".");
  const names = GLOBALS.get(root);
  return names === undefined ? CLEAN : knownOf(verdictIn(names, below) ?? "clean");
}

/** Whether something of this name may be a finding when it is merely looked at. */
export function isReadName(name: string): boolean {
  return READ_NAMES.has(name);
}

export const isNodeModule = (module: string): boolean => Object.hasOwn(NODE_MODULES, module);

const CLEAN: Known = { category: "clean", isRead: false };

function knownOf(verdict: string): Known {
  const [, category] = /^read:(.*)$/.exec(verdict) ?? [];
  if (category === undefined) return { category: plain(verdict), isRead: false };
  return { category: plain(category), isRead: true };
}

function plain(verdict: string): Known["category"] {
  return CATEGORIES.find((category) => category === verdict) ?? "unknown";
}

const CATEGORIES = [...HOST_CATEGORIES, "clean"] as const;

function moduleVerdict(module: string, path: string): string {
  const bare = module.replace(/^node:/, "");
  const own = MODULES.get(bare) ?? MODULES.get(packageOf(bare)) ?? scopeOf(bare);
  return own === undefined ? "unknown" : (verdictIn(own, path) ?? "clean");
}

const MODULES: ReadonlyMap<string, Index> = new Map(
  Object.entries({ ...PACKAGES, ...NODE_MODULES }).map(([name, names]) => [name, indexOf(names)]),
);

function packageOf(subpath: string): string {
  const [first = "", second = ""] = subpath.split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}

function scopeOf(name: string): Index | undefined {
  const [, names] = SCOPES.find(([scope]) => scope.test(name)) ?? [];
  return names === undefined ? lodashMethod(name) : indexOf(names);
}

/** `lodash.shuffle`: a package for one function. */
function lodashMethod(name: string): Index | undefined {
  const [, method] = /^lodash\.(\w+)$/.exec(name) ?? [];
  if (method === undefined) return undefined;
  const verdicts = [...(MODULES.get("lodash") ?? [])];
  const [, verdict = "clean"] = verdicts.find(([key]) => key.toLowerCase() === method) ?? [];
  return new Map([["*", verdict]]);
}

/** The longest listed beginning of a path, then its last part alone, then what `*` says. */
function verdictIn(names: Index, path: string): string | undefined {
  const parts = path.split(".").filter((part) => part !== "");
  for (let length = parts.length; length > 0; length -= 1) {
    const verdict = names.get(parts.slice(0, length).join("."));
    if (verdict !== undefined) return verdict;
  }
  const last = parts.at(-1) ?? "*";
  const isItself = last === "call" || last === "new";
  return (isItself ? undefined : names.get(last)) ?? names.get("*");
}

function splitAt(text: string, mark: string): readonly [string, string?] {
  const index = text.indexOf(mark);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

/** Last names of what is found by a look; `*` makes all below it such, see there. */
const READ_NAMES: ReadonlySet<string> = new Set(
  [...GLOBALS.values(), ...MODULES.values()].flatMap((names) =>
    [...names]
      .filter(([, verdict]) => verdict.startsWith("read:"))
      .flatMap(([name]) => name.split(".").slice(-1)),
  ),
);
