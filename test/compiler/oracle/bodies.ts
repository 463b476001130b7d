// Workflow bodies made from a seed: of ingredients that are the same everywhere and of some that
// are not, in the body itself and behind helpers, closures, classes and tables.

import { type Prng, prng as prngOf } from "../../../src/std/prng.ts";

type Make = (x: string) => string;

/** Numbers that depend on nothing but their input. */
const SAME: readonly [Make, ...Make[]] = [
  (x) => `${x} * 3 + 1`,
  (x) => `Math.abs(${x}) % 17`,
  (x) => `[${x}, 2, 9].map((each) => each + 1).reduce((a, b) => a + b, 0)`,
  (x) => `new Map([["a", ${x}], ["b", 2]]).size + ${x}`,
  (x) => `Date.UTC(2020, 1, 1) % 97 + ${x}`,
  (x) => `new Date(${x}).getUTCDay() + ${x}`,
  (x) => `[...new Set([${x}, 3, 3])].sort((a, b) => a - b).length`,
  (x) => `String(${x}).padStart(4, "0").length`,
  // Keys come in the order in which they were put, everywhere.
  (x) => `Object.keys({ b: ${x}, a: 1 }).join("").charCodeAt(0) + ${x}`,
  (x) => `[...new Map([["b", ${x}], ["a", 2]]).values()].reduce((a, b) => a * 2 + b, 0)`,
  (x) => `Object.entries({ z: ${x}, y: 2 }).map(([key, value]) => key.length + value).length`,
];

/** Numbers that are not. */
const OTHER: readonly [Make, ...Make[]] = [
  (x) => `Date.now() % 1000 + ${x}`,
  (x) => `Math.floor(Math.random() * 1e6) + ${x}`,
  (x) => `new Date().getTime() % 1000 + ${x}`,
  (x) => `new Date(2020, 5, ${x} % 28).getTime() % 1e9`,
  (x) => `new Date(${x}).getHours() + ${x}`,
  (x) => `new Date(${x}).getTimezoneOffset() + ${x}`,
  (x) => `Number(process.env["RAFTORAL_ORACLE"] ?? "0") + ${x}`,
  (x) => `[3, 1, 2].sort(() => Math.random() - 0.5).join("").length * Date.now() + ${x}`,
  (x) => `(moduleCount += 1) + ${x}`,
  (x) => `String(new Date(${x})).length * new Date(${x}).getHours()`,
  (x) => `(${x} % 7 + 1234.5).toLocaleString().charCodeAt(1)`,
  (x) => `"ä".localeCompare("z") * 2 + ${x}`,
  (x) => `new Intl.NumberFormat().format(${x} % 7 + 1234.5).charCodeAt(1)`,
  (x) => `os.hostname().length + ${x}`,
  (x) => `process.cwd().length + ${x}`,
  (x) => `path.resolve("a").length + ${x}`,
];

type MakeWay = (make: Make, id: number) => Way;

/** Ways to come to a number: in place, and behind something that must be followed. */
const WAYS: readonly [MakeWay, ...MakeWay[]] = [
  (make) => ({ top: "", use: (x) => make(x) }),
  (make, id) => ({
    top: `function helper${id}(x: number) { return ${make("x")}; }`,
    use: (x) => `helper${id}(${x})`,
  }),
  (make, id) => ({
    top: `const factory${id} = (by: number) => (x: number) => ${make("(x + by)")};`,
    use: (x) => `factory${id}(2)(${x})`,
  }),
  (make, id) => ({
    top: `class Meter${id} { by = 1; read(x: number) { return ${make("(x + this.by)")}; } }`,
    use: (x) => `new Meter${id}().read(${x})`,
  }),
  (make, id) => ({
    top: `const table${id} = { one: (x: number) => ${make("x")}, two: (x: number) => x };`,
    use: (x) => `table${id}[${x} % 2 === 0 ? "one" : "two"](${x})`,
  }),
  (make, id) => ({
    top: `const apply${id} = (f: (x: number) => number, x: number) => f(x);`,
    use: (x) => `apply${id}((y) => ${make("y")}, ${x})`,
  }),
  (make, id) => ({
    top: `const box${id} = { base: 1, get value() { return ${make("this.base")}; } };`,
    use: (x) => `box${id}.value + ${x}`,
  }),
  (make, id) => ({
    top: `const boxed${id} = { base: 1, get value() { return ${make("this.base")}; } };`,
    use: (x) => `({ ...boxed${id} }).value + ${x}`,
  }),
  (make, id) => ({
    top: `const list${id} = [(x: number) => ${make("x")}, (x: number) => x + 1];`,
    use: (x) => `list${id}.reduce((sum, each) => each(sum), ${x})`,
  }),
  (make, id) => ({
    top: `const named${id} = new Map([["one", (x: number) => ${make("x")}]]);`,
    use: (x) => `(named${id}.get("one")?.(${x}) ?? 0)`,
  }),
  (make, id) => ({
    top: `class Worth${id} { constructor(readonly by: number) {} valueOf() {
  return ${make("this.by")}; } }`,
    use: (x) => `(+new Worth${id}(${x}))`,
  }),
  (make, id) => ({
    top: `class Paper${id} { constructor(readonly by: number) {} toJSON() {
  return { v: ${make("this.by")} }; } }`,
    use: (x) => `JSON.stringify(new Paper${id}(${x})).length`,
  }),
  (make, id) => ({
    top: `const tag${id} = (parts: TemplateStringsArray, x: number) => ${make("x")};`,
    use: (x) => `tag${id}\`n\${${x}}\``,
  }),
  (make, id) => ({
    top: `function* each${id}(x: number) { yield ${make("x")}; }`,
    use: (x) => `[...each${id}(${x})].length + [...each${id}(${x})].reduce((a, b) => a + b, 0)`,
  }),
];

interface Way {
  readonly top: string;
  readonly use: Make;
}

export interface GeneratedBody {
  readonly seed: number;
  /** TypeScript, without its import of the language. */
  readonly text: string;
}

export function generatedBody(seed: number): GeneratedBody {
  const prng = prngOf(seed);
  const tops: string[] = ["let moduleCount = 0;"];
  const lines: string[] = [];
  const steps = 2 + prng.below(5);
  for (let i = 0; i < steps; i += 1) {
    const make = prng.pick(prng.below(10) === 0 ? OTHER : SAME);
    const { top, use } = prng.pick(WAYS)(make, i);
    if (top !== "") tops.push(top);
    lines.push(...statement(use(`x${i}`), i, prng));
  }
  const run = [`    const x0 = input;`, ...lines, `    return x${steps};`].join("\n");
  const text = `${tops.join("\n")}
export const wf = workflow({
  name: "generated-${seed}",
  version: 1,
  run: function* (input: number) {
${run}
  },
});
`;
  return { seed, text };
}

/** Something is done with the number, and `x{i + 1}` comes of it. */
function statement(number: string, i: number, prng: Prng): readonly string[] {
  const [now, next] = [`x${i}`, `x${i + 1}`];
  switch (prng.below(5)) {
    case 0:
      return [`    yield* checkpoint("c${i}", ${number});`, `    const ${next} = ${now} + 1;`];
    case 1:
      return [`    const ${next} = yield* compute("e${i}", () => Date.now() + Math.random());`];
    case 2:
      return [
        `    if ((${number}) % 2 === 0) yield* sleep(10);`,
        `    const ${next} = ${now} + 2;`,
      ];
    case 3:
      return [
        `    const both${i} = yield* all([compute("l${i}", () => 1), compute("r${i}", () => 2)]);`,
        `    const ${next} = (${number}) + both${i}.length;`,
      ];
    default:
      return [`    const ${next} = ${number};`];
  }
}
