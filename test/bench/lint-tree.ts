import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type Prng, prng as prngOf } from "../../src/std/prng.ts";

/** How large a project the linter is measured on. */
export interface TreeSize {
  readonly files: number;
  readonly workflows: number;
  /** Whether any file names the workflow language. */
  readonly hasLanguage: boolean;
}

const LEVELS = 12;

/**
 * A project on disk that type-checks: modules of helpers in levels that call one another, and
 * workflows on top of them. The same seed gives the same files. The caller removes the folder.
 */
export function makeTree({ files, workflows, hasLanguage }: TreeSize, seed = 7): string {
  const directory = mkdtempSync(join(tmpdir(), "raftoral-lint-bench-"));
  const prng = prngOf(seed);
  const modules = files - workflows;
  const put = (name: string, text: string): void => {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  put("package.json", `{ "type": "module" }\n`);
  put("tsconfig.json", tsconfig());
  mkdirSync(join(directory, "node_modules/@types"), { recursive: true });
  symlinkSync(resolve("node_modules/@types/node"), join(directory, "node_modules/@types/node"));
  for (let i = 0; i < modules; i++) put(`src/lib/module-${i}.ts`, moduleText(i, modules, prng));
  for (let i = 0; i < workflows; i++) {
    const text = workflowText(i, modules, prng);
    put(
      `src/workflows/flow-${i}.ts`,
      hasLanguage ? text : text.replaceAll("raftoral", "./none.js"),
    );
  }
  return directory;
}

function tsconfig(): string {
  const compilerOptions = {
    target: "ES2022",
    lib: ["ES2023"],
    module: "NodeNext",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
    typeRoots: ["./node_modules/@types"],
    paths: { raftoral: [resolve("test/compiler/corpus/stubs/raftoral/index.d.ts")] },
  };
  return JSON.stringify({ compilerOptions, include: ["src"] });
}

/** A module calls modules of the level below it, so that there is no cycle and a bounded depth. */
function moduleText(index: number, modules: number, prng: Prng): string {
  const perLevel = Math.ceil(modules / LEVELS);
  const level = Math.floor(index / perLevel);
  const below = level === 0 ? [] : [0, 1].map(() => pick(prng, (level - 1) * perLevel, perLevel));
  const imports = below.map(
    (other, i) => `import { total${other} as below${i} } from "../lib/module-${other}.js";`,
  );
  const calls = below.map((_, i) => `    sum += below${i}(items, rate);`);
  return `${imports.join("\n")}

export interface Item${index} {
  readonly id: string;
  readonly cents: number;
  readonly tags: readonly string[];
}

const LIMITS = { low: ${index % 7}, high: ${100 + (index % 90)} } as const;

export class Basket${index} {
  readonly #items: Item${index}[] = [];

  add(item: Item${index}): void {
    this.#items.push(item);
  }

  get size(): number {
    return this.#items.length;
  }
}

export const isKept${index} = ({ cents, tags }: Item${index}): boolean =>
  cents > LIMITS.low && cents < LIMITS.high && !tags.includes("void");

export function total${index}(items: readonly Item${index}[], rate: number): number {
  const kept = items.filter(isKept${index}).map((item) => Math.round(item.cents * rate));
  let sum = kept.reduce((all, each) => all + each, 0);
  if (items.length > LIMITS.high) {
${calls.join("\n")}
  }
  const named = new Map(items.map((item) => [item.id.trim().toLowerCase(), item] as const));
  return sum + named.size;
}
`;
}

function workflowText(index: number, modules: number, prng: Prng): string {
  const used = [...new Set([0, 1, 2, 3, 4, 5].map(() => pick(prng, 0, modules)))];
  const imports = used.map(
    (module) => `import { total${module} } from "../lib/module-${module}.js";`,
  );
  const steps = used.map(
    (module) =>
      `    sum += total${module}(input.items, 1.2);\n    yield* checkpoint("sum-${module}", sum);`,
  );
  const clock = index % 10 === 0 ? "    if (Date.now() > sum) return 0;\n" : "";
  return `import { checkpoint, compute, sleep, workflow } from "raftoral";
${imports.join("\n")}

interface Item {
  readonly id: string;
  readonly cents: number;
  readonly tags: readonly string[];
}

interface Input {
  readonly items: readonly Item[];
}

export const flow${index} = workflow({
  name: "flow-${index}",
  version: 1,
  run: function* (input: Input) {
    let sum = 0;
${steps.join("\n")}
${clock}    const ok = yield* compute("send", async () => (await fetch("https://a.test")).ok);
    if (!ok) yield* sleep("1m");
    return sum;
  },
});
`;
}

function pick(prng: Prng, from: number, count: number): number {
  return from + prng.below(count);
}
