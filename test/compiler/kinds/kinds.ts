import { LANGUAGE } from "../../fixtures/lint/language.ts";
import { CLOCK, flow, IMPORT, tsconfig } from "../../fixtures/lint/stamp.ts";

// One small project of each kind: a workflow whose clock is in another file.

export interface Kind {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Rule and file. */
  readonly finding: string;
  /** It is several projects that refer to each other. */
  readonly isBuild?: boolean;
}

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
      "tsconfig.json": tsconfig({ module: "NodeNext" }),
      "src/flow.ts": flow(`${IMPORT}import { stamp } from "./clock.js";`),
      "src/clock.ts": CLOCK,
    },
  },
  {
    name: "ESM for a bundler, with paths",
    finding: "RD101 src/clock.ts",
    files: {
      ...LANGUAGE,
      "tsconfig.json": tsconfig({
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
      "tsconfig.json": tsconfig({ module: "NodeNext" }),
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
      "core/tsconfig.json": tsconfig(COMPOSITE),
      "core/src/clock.ts": CLOCK,
      "app/tsconfig.json": tsconfig(COMPOSITE, {
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
      "tsconfig.json": tsconfig({ module: "NodeNext", allowJs: true, checkJs: true }),
      "src/flow.js": SCRIPT,
      "src/clock.js": "/** @returns {number} */\nexport const stamp = () => Date.now();\n",
    },
  },
];
