import { relative } from "node:path";
import process from "node:process";
import { RaftoralError } from "../../errors.ts";
import { locate } from "../../node/ports-locate.ts";
import type { SimulatedFaults, SimulatedProgram, SimulateOptions } from "../../testing/simulate.ts";
import { type AddCommand, EXIT } from "../command.ts";
import { loadExports } from "../load-module.ts";

interface SimulateFlags {
  readonly program?: string;
  readonly seeds: string;
  readonly seed?: string;
  readonly nodes: string;
  readonly faults?: string;
  readonly json?: true;
}

/** What came of one program. */
type Simulated =
  | {
      readonly program: string;
      readonly kind: "ok";
      readonly seeds: number;
      readonly faults: number;
    }
  | {
      readonly program: string;
      readonly kind: "failed";
      readonly seed: number;
      /** What was thrown. */
      readonly why: string;
      /** Where in the user's source. */
      readonly source: string | undefined;
      /** What was done to nodes before. */
      readonly happened: readonly string[];
      /** The command that plays this seed again. */
      readonly again: string;
    };

/** `raftoral simulate`: a user's own simulation under faults, seed by seed, for CI. */
export const addSimulate: AddCommand = (program, io, finish) => {
  program
    .command("simulate")
    .description("play workflows under faults, once for each seed; exits 1 if a law is broken")
    .argument("<module>", "a module that exports what simulate() takes: docs/testing.md")
    .option("--program <export>", "this export alone (default: all that are programs)")
    .option("--seeds <count>", "how many, from 1 on", "20")
    .option("--seed <seed>", "this one alone")
    .option("--nodes <count>", "how many nodes", "3")
    .option("--faults <kinds>", "of crash,partition,pause,loss=0.01; or none (default: all)")
    .option("--json", "one line of JSON for each program")
    .action(async (module: string, flags: SimulateFlags) => {
      const options = optionsOf(flags);
      let bad = 0;
      for (const [name, one] of await programsOf(module, flags.program)) {
        const simulated = await simulateOne(name, one, { module, flags, options });
        if (simulated.kind === "failed") bad++;
        const isJson = flags.json === true;
        io.write(isJson ? `${JSON.stringify(simulated)}\n` : described(simulated));
      }
      finish(bad === 0 ? EXIT.done : EXIT.bad);
    });
};

async function simulateOne(
  name: string,
  program: SimulatedProgram<unknown>,
  { module, flags, options }: Asked,
): Promise<Simulated> {
  const { SimulationError, simulate } = await import("../../testing/simulate.ts");
  const { seeds: asked = 1 } = options;
  const seeds = typeof asked === "number" ? Array.from({ length: asked }, (_, i) => i + 1) : asked;
  let faults = 0;
  try {
    for (const seed of seeds) {
      const played = await unlessStuck(simulate(program, { ...options, seeds: [seed] }));
      if (played === "stuck") {
        const again = againText({ module, name, seed, flags });
        const rest = { why: STUCK, source: undefined, happened: [], again };
        return { program: name, kind: "failed", seed, ...rest };
      }
      faults += played.faults;
    }
    return { program: name, kind: "ok", seeds: seeds.length, faults };
  } catch (error) {
    if (!(error instanceof SimulationError)) throw error;
    const { cause, happened, seed } = error;
    const why = cause instanceof Error ? cause.message : String(cause);
    const source = locate((cause instanceof Error && cause.stack) || "");
    const again = againText({ module, name, seed, flags });
    return { program: name, kind: "failed", seed, why, source, happened, again };
  }
}

const STUCK = "run, check or an effect waits for what never comes: nothing is left to happen";

/** A promise of the user's that never settles would end this process without a word, by code 13. */
async function unlessStuck<T>(played: Promise<T>): Promise<T | "stuck"> {
  let onIdle = (): void => {};
  const stuck = new Promise<"stuck">((resolve) => {
    onIdle = () => resolve("stuck");
    process.once("beforeExit", onIdle);
  });
  try {
    return await Promise.race([played, stuck]);
  } finally {
    process.off("beforeExit", onIdle);
  }
}

interface Asked {
  readonly module: string;
  readonly flags: SimulateFlags;
  readonly options: SimulateOptions;
}

function optionsOf({ nodes, seed, seeds, faults }: SimulateFlags): SimulateOptions {
  return {
    nodes: countOf("--nodes", nodes),
    seeds: seed === undefined ? countOf("--seeds", seeds) : [countOf("--seed", seed)],
    ...(faults === undefined ? {} : { faults: faultsOf(faults) }),
  };
}

function countOf(flag: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new RaftoralError("invalid-argument", `${flag} ${text}: a whole number from 1 on`);
}

const KINDS = ["crash", "partition", "pause"] as const;
const LOSS = /^loss=(0(?:\.\d+)?)$/;

/** Those that are named happen, and no others. */
function faultsOf(flag: string): SimulatedFaults {
  const names = flag === "none" ? [] : flag.split(",");
  for (const name of names) {
    if (LOSS.test(name) || KINDS.some((kind) => kind === name)) continue;
    const message = `--faults ${name}: of crash, partition, pause, loss=0.01; or none`;
    throw new RaftoralError("invalid-argument", message);
  }
  const loss = names.map((name) => LOSS.exec(name)?.[1]).find((share) => share !== undefined);
  const has = (kind: (typeof KINDS)[number]): boolean => names.includes(kind);
  const kinds = { crash: has("crash"), partition: has("partition"), pause: has("pause") };
  return { ...kinds, loss: Number(loss ?? 0) };
}

async function programsOf(
  module: string,
  asked: string | undefined,
): Promise<readonly (readonly [string, SimulatedProgram<unknown>])[]> {
  const found: [string, SimulatedProgram<unknown>][] = [];
  for (const [name, value] of Object.entries(await loadExports(module))) {
    if (name === (asked ?? name) && isProgram(value)) found.push([name, value]);
  }
  if (found.length > 0) return found;
  const what = asked === undefined ? "no simulation" : `no simulation "${asked}"`;
  const how = "export { workflows, outside, run, check }, as simulate() takes it";
  throw new RaftoralError("module-not-loaded", `${module} exports ${what}: ${how}`);
}

function isProgram(value: unknown): value is SimulatedProgram<unknown> {
  if (typeof value !== "object" || value === null) return false;
  const isCalled = (name: string): boolean => typeof Reflect.get(value, name) === "function";
  return (
    Array.isArray(Reflect.get(value, "workflows")) && ["outside", "run", "check"].every(isCalled)
  );
}

function againText({
  module,
  name,
  seed,
  flags: { faults, nodes },
}: {
  readonly module: string;
  readonly name: string;
  readonly seed: number;
  readonly flags: SimulateFlags;
}): string {
  const given = faults === undefined ? "" : ` --faults ${faults}`;
  const which = `${module} --program ${name}`;
  return `npx raftoral simulate ${which} --nodes ${nodes} --seed ${seed}${given}`;
}

function described(simulated: Simulated): string {
  const { program } = simulated;
  if (simulated.kind === "ok") {
    const { faults, seeds } = simulated;
    return `ok      ${program}: ${seeds} seeds, ${faults} faults, every law kept\n`;
  }
  const { again, happened, seed, source, why } = simulated;
  const at = source === undefined ? "" : `  source: ${relative("", source)}\n`;
  const after = happened.length === 0 ? "nothing" : happened.join(", ");
  const [first, ...rest] = why.split("\n");
  const text = [first, ...rest.map((line) => `          ${line}`)].join("\n");
  return `failed  ${program}: seed ${seed}: ${text}\n${at}  after:  ${after}\n  again:  ${again}\n`;
}
