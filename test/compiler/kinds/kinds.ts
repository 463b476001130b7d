import { LANGUAGE } from "../../fixtures/lint/language.ts";

// One small project of each kind: a workflow whose clock is in another file.

export interface Kind {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Rule and file. */
  readonly finding: string;
  /** It is several projects that refer to each other. */
  readonly isBuild?: boolean;
}

const COMMON = { strict: true, target: "ES2022", lib: ["ES2022"], skipLibCheck: true, types: [] };

function config(options: object, more: object = { include: ["src"] }): string {
  return JSON.stringify({ compilerOptions: { ...COMMON, ...options }, ...more });
}

const flow = (imports: string): string => `${imports}
export const stampIt = workflow({
  name: "stamp-it",
  version: 1,
  run: function* (input: string) {
    const at = stamp();
    yield* compute("fine", () => Date.now());
    yield* checkpoint("at", at);
    return input;
  },
});
`;
const IMPORT = `import { checkpoint, compute, workflow } from "raftoral";\n`;
const CLOCK = "export const stamp = (): number => Date.now();\n";
const COMPOSITE = { module: "NodeNext", composite: true, rootDir: "src" };

const SCRIPT = `import { checkpoint, compute, workflow } from "raftoral";
import { stamp } from "./clock.js";

/** @param {string} input @returns {Generator<unknown, string, unknown>} */
function* run(input) {
  const at = stamp();
  yield* compute("fine", () => Date.now());
  yield* checkpoint("at", at);
  return input;
}

export const stampIt = workflow({ name: "stamp-it", version: 1, run });
`;

export const KINDS: readonly Kind[] = [
  {
    name: "ESM",
    finding: "RD101 src/clock.ts",
    files: {
      ...LANGUAGE,
      "package.json": `{ "type": "module" }`,
      "tsconfig.json": config({ module: "NodeNext" }),
      "src/flow.ts": flow(`${IMPORT}import { stamp } from "./clock.js";`),
      "src/clock.ts": CLOCK,
    },
  },
  {
    name: "ESM for a bundler, with paths",
    finding: "RD101 src/clock.ts",
    files: {
      ...LANGUAGE,
      "tsconfig.json": config({
        module: "ESNext",
        moduleResolution: "bundler",
        paths: { "@/*": ["./src/*"] },
      }),
      "src/flow.ts": flow(`${IMPORT}import { stamp } from "@/clock";`),
      "src/clock.ts": CLOCK,
    },
  },
  {
    name: "CommonJS",
    finding: "RD101 src/clock.ts",
    files: {
      ...LANGUAGE,
      "node_modules/raftoral/package.json": `{ "name": "raftoral", "types": "index.d.ts" }`,
      "package.json": `{ "type": "commonjs" }`,
      "tsconfig.json": config({ module: "NodeNext" }),
      "src/flow.ts": flow(
        `${IMPORT}import clock = require("./clock.js");\nconst { stamp } = clock;`,
      ),
      "src/clock.ts": "const stamp = (): number => Date.now();\nexport = { stamp };\n",
    },
  },
  {
    name: "project references",
    finding: "RD101 core/src/clock.ts",
    isBuild: true,
    files: {
      ...LANGUAGE,
      "package.json": `{ "type": "module" }`,
      "tsconfig.json": JSON.stringify({
        files: [],
        references: [{ path: "./core" }, { path: "./app" }],
      }),
      "core/tsconfig.json": config(COMPOSITE),
      "core/src/clock.ts": CLOCK,
      "app/tsconfig.json": config(COMPOSITE, {
        include: ["src"],
        references: [{ path: "../core" }],
      }),
      "app/src/flow.ts": flow(`${IMPORT}import { stamp } from "../../core/src/clock.js";`),
    },
  },
  {
    name: "JavaScript with JSDoc",
    finding: "RD101 src/clock.js",
    files: {
      ...LANGUAGE,
      "package.json": `{ "type": "module" }`,
      "tsconfig.json": config({ module: "NodeNext", allowJs: true, checkJs: true }),
      "src/flow.js": SCRIPT,
      "src/clock.js": "/** @returns {number} */\nexport const stamp = () => Date.now();\n",
    },
  },
];
