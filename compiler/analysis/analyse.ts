// The whole analysis, in its order: load, find the workflows, follow each, say what was found.

import { ts } from "ts-morph";
import type { Analysis, CallEdge, Finding, LintedWorkflow } from "../finding.ts";
import { allowComments } from "../project/allow-comments.ts";
import type { Analysed, AnalysisRequest } from "../project/analysed.ts";
import { BUNDLED_TYPESCRIPT } from "../project/package-facts.ts";
import { bodyFingerprint } from "./body-fingerprint.ts";
import { Catalog } from "./catalog/catalog.ts";
import { codeName } from "./code-name.ts";
import { Effects } from "./effects.ts";
import { type FindingParts, findingsOf, rangeOf } from "./findings.ts";
import { Hierarchy } from "./hierarchy.ts";
import { loadProject, relativeTo } from "./load.ts";
import { ModuleState } from "./module-state.ts";
import { type Hop, type Reach, reachFrom, type Summarize } from "./reach.ts";
import { type CodeNode, Resolver } from "./resolve.ts";
import { findRoots, type Root, rootLabel } from "./roots.ts";
import type { CodeSummary } from "./summary.ts";
import { type WalkParts, walk } from "./walk.ts";
import { World } from "./world.ts";

/** Reads the project's files; everything else is computed from what they say. */
export function analyse(request: AnalysisRequest): Analysed {
  const project = loadProject(request.project);
  if (project === undefined) return { analysis: NOTHING, allows: [], configFiles: [] };
  const world = new World(project);
  const resolver = new Resolver(world);
  const effects = new Effects(world, resolver);
  const parts: WalkParts = {
    world,
    resolver,
    effects,
    state: new ModuleState(world),
    catalog: new Catalog(request),
  };
  const roots = findRoots(world, resolver, effects);
  const search = { summarize: summarizer(parts), hierarchy: new Hierarchy(world) };
  const ofRoots = roots.map((root) => analyseRoot(root, parts, search));
  const files = project.program.getSourceFiles().filter((file) => world.owner(file) === "own");
  return {
    analysis: {
      typescriptVersion: BUNDLED_TYPESCRIPT,
      files: files.map(({ fileName }) => relativeTo(project.directory, fileName)).sort(),
      workflows: ofRoots.map(({ workflow }) => workflow),
      findings: ofRoots.flatMap(({ findings }) => findings),
      calls: distinct(ofRoots.flatMap(({ calls }) => calls)),
    },
    allows: files.flatMap(({ fileName, text }) =>
      allowComments(relativeTo(project.directory, fileName), text),
    ),
    configFiles: project.configFiles,
  };
}

interface SearchParts {
  readonly summarize: Summarize;
  readonly hierarchy: Hierarchy;
}

interface RootAnalysis {
  readonly workflow: LintedWorkflow;
  readonly findings: readonly Finding[];
  readonly calls: readonly CallEdge[];
}

/** Whatever goes wrong at one workflow is a finding (RD900); the others go on. */
function analyseRoot(root: Root, parts: WalkParts, search: SearchParts): RootAnalysis {
  const { directory } = parts.world.project;
  const finding: FindingParts = { directory, effects: parts.effects };
  const atRoot = { code: root.call, edge: "body", at: undefined, before: undefined } as const;
  const own = root.sinks.map((sink) => ({ sink, hop: atRoot }));
  try {
    const reach =
      root.run === undefined ? NOWHERE : reachFrom(root.run, search.summarize, search.hierarchy);
    return {
      workflow: workflowOf(root, reach, parts),
      findings: findingsOf(root, [...own, ...reach.reached], finding),
      calls: reach.hops.flatMap((hop) => callEdge(hop, directory)),
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const sink = {
      ruleId: "RD900",
      node: root.call,
      symbol: "workflow",
      message: `the linter failed at ${rootLabel(root)}, which is not checked: ${message}`,
      help: "please report it, with the smallest workflow that shows it",
    };
    return {
      workflow: workflowOf(root, NOWHERE, parts),
      findings: findingsOf(root, [{ sink, hop: atRoot }], finding),
      calls: [],
    };
  }
}

/** Code is walked once, however many workflows lead to it. */
function summarizer(parts: WalkParts): Summarize {
  const known = new Map<CodeNode, CodeSummary>();
  return (code, isBody) => {
    const summary = (isBody ? undefined : known.get(code)) ?? walk(code, isBody, parts);
    if (!isBody) known.set(code, summary);
    return summary;
  };
}

const NOWHERE: Reach = { hops: [], reached: [], unverifiedCalls: 0 };

function workflowOf(root: Root, reach: Reach, { world, effects }: WalkParts): LintedWorkflow {
  const { directory } = world.project;
  return {
    name: root.name,
    version: root.version,
    file: relativeTo(directory, root.call.getSourceFile().fileName),
    line: rangeOf(root.call).line,
    functionsReached: reach.hops.filter(({ code }) => ts.isFunctionLike(code)).length,
    unverifiedCalls: reach.unverifiedCalls,
    fingerprint: bodyFingerprint(reach.hops, effects),
  };
}

function callEdge({ code, edge, before }: Hop, directory: string): readonly CallEdge[] {
  if (before === undefined) return [];
  return [{ from: symbolOf(before.code, directory), to: symbolOf(code, directory), edge }];
}

const symbolOf = (code: CodeNode, directory: string): string =>
  `${relativeTo(directory, code.getSourceFile().fileName)}#${codeName(code)}`;

function distinct(edges: readonly CallEdge[]): readonly CallEdge[] {
  return [...new Map(edges.map((one) => [`${one.from} ${one.to} ${one.edge}`, one])).values()];
}

const NOTHING: Analysis = {
  typescriptVersion: BUNDLED_TYPESCRIPT,
  files: [],
  workflows: [],
  findings: [],
  calls: [],
};
