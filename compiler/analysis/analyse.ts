import { dirname } from "node:path";
import type { Analysis, CallEdge, Finding, LintedWorkflow } from "../finding.ts";
import { allowComments } from "../project/allow-comments.ts";
import type { Analysed, AnalysisRequest } from "../project/analysed.ts";
import { sha256 } from "../project/hash.ts";
import { BUNDLED_TYPESCRIPT } from "../project/package-facts.ts";
import { BodyFingerprints } from "./body-fingerprint.ts";
import { type Declared, type Facts, factsOf } from "./facts.ts";
import { FindingsMaker } from "./findings.ts";
import { nameOf } from "./nodes.ts";
import { entryFiles, loadProject, type Unit } from "./project.ts";
import { Graph } from "./reach.ts";
import { labelOf, type Registration, type Root, relativeTo, rootsIn } from "./roots.ts";
import { typesOf } from "./types.ts";
import type { Activation } from "./value.ts";

/** Told of each workflow by name, before it is read. What it throws is a fault at that workflow. */
export type OnWorkflow = (name: string) => void;

/** Reads a project and says what its workflow bodies do that is not deterministic. */
export function analyse(request: AnalysisRequest, onWorkflow: OnWorkflow = () => {}): Analysed {
  const { units, configFiles } = loadProject(request.project);
  const parts = units.map((unit) => analyseUnit(unit, request, onWorkflow));
  const analysis: Analysis = {
    typescriptVersion: BUNDLED_TYPESCRIPT,
    files: [...new Set(parts.flatMap(({ files }) => files))].sort(),
    workflows: parts.flatMap(({ workflows }) => workflows),
    findings: parts.flatMap(({ findings }) => findings),
    calls: parts.flatMap(({ calls }) => calls),
  };
  const allows = parts.flatMap((part) => part.allows);
  return { analysis, allows, configFiles, hasFiles: units.length > 0 };
}

type Part = Omit<Analysis, "typescriptVersion"> & Pick<Analysed, "allows">;

const NOTHING: Part = { files: [], workflows: [], findings: [], calls: [], allows: [] };

function analyseUnit(unit: Unit, request: AnalysisRequest, onWorkflow: OnWorkflow): Part {
  const directory = dirname(request.project);
  const entries = entryFiles(unit);
  if (entries.length === 0) return NOTHING;
  const types = typesOf(unit, entries);
  const declared: Declared = {
    names: new Map(Object.entries(request.declare)),
    trustExternals: request.trustExternals,
    directory,
  };
  const facts = factsOf(types, declared);
  const own = types.files.filter((file) => !file.fileName.includes("/node_modules/"));
  const sources = own.filter((file) => !types.isLibrary(file));
  const part = new UnitAnalysis(facts, request, onWorkflow).run(new Set(entries));
  return {
    ...part,
    files: own.map((file) => relativeTo(directory, file.fileName)),
    allows: sources.flatMap((file) =>
      allowComments(relativeTo(directory, file.fileName), file.text),
    ),
  };
}

type Seen = Pick<LintedWorkflow, "functionsReached" | "unverifiedCalls" | "fingerprint">;

const NOTHING_READ: Seen = { functionsReached: 0, unverifiedCalls: 0, fingerprint: "" };

class UnitAnalysis {
  readonly #facts: Facts;
  readonly #directory: string;
  readonly #wants: AnalysisRequest["wants"];
  readonly #fingerprints: BodyFingerprints;
  readonly #failures: Finding[] = [];
  readonly #workflows: LintedWorkflow[] = [];

  readonly #onWorkflow: OnWorkflow;

  constructor(facts: Facts, { project, wants }: AnalysisRequest, onWorkflow: OnWorkflow) {
    this.#onWorkflow = onWorkflow;
    this.#facts = facts;
    this.#directory = dirname(project);
    this.#wants = wants;
    this.#fingerprints = new BodyFingerprints(facts.effects);
  }

  run(entries: ReadonlySet<string>): Omit<Part, "files" | "allows"> {
    const { roots, bodiless, sites } = rootsIn(this.#facts, entries);
    const graph = new Graph(this.#facts, new Set(roots.map(({ body }) => body)));
    const maker = new FindingsMaker(this.#facts, this.#directory);
    for (const one of bodiless) this.#workflows.push(this.#workflow(one, NOTHING_READ));
    for (const { site, label } of sites) maker.addAlone(site, label);
    const read = roots.filter((root) => this.#guarded(root, () => this.#readRoot(root, graph)));
    for (const root of read) {
      this.#guarded(root, () => {
        for (const path of graph.pathsFrom(root.body)) maker.add(root, path);
      });
    }
    return {
      workflows: this.#workflows,
      findings: [...maker.findings(), ...this.#failures],
      calls: this.#wants.includes("calls") ? this.#calls(graph) : [],
    };
  }

  /** A fault of ours at one workflow is told, and the others are checked all the same. */
  #guarded(root: Root, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      this.#failures.push(failure(root, what, this.#directory));
      return false;
    }
  }

  #readRoot(root: Root, graph: Graph): void {
    this.#onWorkflow(root.name);
    const reached = graph.reachedFrom(root.body);
    const unverified = reached.map((at) => graph.summaryOf(at).unverified);
    const seen = {
      functionsReached: new Set(reached.map(({ code }) => code)).size,
      unverifiedCalls: unverified.reduce((sum, count) => sum + count, 0),
      fingerprint: this.#wants.includes("fingerprints") ? this.#fingerprints.of(reached) : "",
    };
    this.#workflows.push(this.#workflow(root, seen));
  }

  #workflow({ call, name, version }: Registration, seen: Seen): LintedWorkflow {
    const source = call.getSourceFile();
    const { line } = source.getLineAndCharacterOfPosition(call.getStart(source));
    const file = relativeTo(this.#directory, source.fileName);
    return { name, version, file, line: line + 1, ...seen };
  }

  #calls(graph: Graph): readonly CallEdge[] {
    const found = new Map<string, CallEdge>();
    for (const { from, to, edge } of graph.edges()) {
      const call = { from: this.#symbol(from), to: this.#symbol(to), edge };
      found.set(`${call.from} ${call.to} ${edge}`, call);
    }
    return [...found.values()];
  }

  #symbol({ code }: Activation): string {
    return `${relativeTo(this.#directory, code.getSourceFile().fileName)}#${nameOf(code)}`;
  }
}

function failure(root: Root, what: string, directory: string): Finding {
  const source = root.call.getSourceFile();
  const start = source.getLineAndCharacterOfPosition(root.call.getStart(source));
  const line = start.line + 1;
  const col = start.character + 1;
  const label = labelOf(root);
  return {
    ruleId: "RD900",
    category: "internal",
    severity: "error",
    message: `the linter failed at ${label}: ${what}`,
    file: relativeTo(directory, source.fileName),
    range: { line, col, endLine: line, endCol: col + "workflow".length },
    workflows: [label],
    trace: [],
    help: "please report it; the other workflows were checked",
    fingerprint: sha256(`RD900\n${label}`).slice(0, 16),
  };
}
