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
