import type { HostCategory } from "../catalog/entry.ts";

/** What a rule about the host says of a name. */
export interface HostRule {
  readonly ruleId: string;
  readonly message: (symbol: string) => string;
  readonly help: string;
}

/** RD101 to RD113: names that the catalogue knows, met while a workflow's body runs. */
export const HOST_RULES: Readonly<Record<HostCategory, HostRule>> = {
  time: {
    ruleId: "RD101",
    message: (symbol) => `${symbol} is read while the workflow body runs`,
    help: "const t = yield* now()",
  },
  random: {
    ruleId: "RD102",
    message: (symbol) => `${symbol} gives another value on every node and every replay`,
    help: "yield* random() or yield* uuid()",
  },
  timer: {
    ruleId: "RD103",
    message: (symbol) => `${symbol} is a timer of the platform: it does not survive its process`,
    help: 'yield* sleep("1 day")',
  },
  io: {
    ruleId: "RD104",
    message: (symbol) => `${symbol} reaches outside while the workflow body runs`,
    help: 'yield* compute("name", () => …)',
  },
  env: {
    ruleId: "RD105",
    message: (symbol) => `${symbol} differs from host to host`,
    help: "take it from the input, or by yield* compute(…)",
  },
  async: {
    ruleId: "RD106",
    message: (symbol) => `${symbol} goes on outside of the workflow's order`,
    help: 'yield* compute("name", async () => …), or all([…]) and race([…])',
  },
  "global-state": {
    ruleId: "RD107",
    message: (symbol) => `${symbol} is state of this process that workflow bodies share`,
    help: "keep state in the body, or in yield* variable(…)",
  },
  locale: {
    ruleId: "RD108",
    message: (symbol) => `${symbol} depends on the host's locale or time zone`,
    help: 'use the UTC methods, or name the locale and { timeZone: "UTC" }',
  },
  "error-stack": {
    ruleId: "RD109",
    message: (symbol) => `${symbol} differs between builds and versions of Node`,
    help: "use the error's name and message",
  },
  gc: {
    ruleId: "RD110",
    message: (symbol) => `${symbol} depends on when memory is collected`,
    help: "keep a plain reference",
  },
  logging: {
    ruleId: "RD111",
    message: (symbol) => `${symbol} prints on every node and again on every replay`,
    help: 'yield* log("…")',
  },
  "dynamic-code": {
    ruleId: "RD112",
    message: (symbol) => `${symbol} makes or loads code that cannot be checked`,
    help: "import it at the top of the file",
  },
  concurrency: {
    ruleId: "RD113",
    message: (symbol) => `${symbol} shares memory or talks to threads`,
    help: 'yield* compute("name", () => …)',
  },
};
