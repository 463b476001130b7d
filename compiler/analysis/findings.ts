import type { ts } from "ts-morph";
import type { Edit, Finding, Frame, Range, SinkKind } from "../finding.ts";
import { sha256 } from "../project/hash.ts";
import { RULE_FACTS } from "../rule-facts.ts";
import { checkpointFix, isCheckpointed } from "./checkpoint-fix.ts";
import type { Facts } from "./facts.ts";
import { type Flow, flowsOf, worst } from "./flow.ts";
import { nameOf } from "./nodes.ts";
import type { Path } from "./reach.ts";
import { labelOf, type Root, relativeTo } from "./roots.ts";
import { hostSite } from "./sinks.ts";
import type { Site } from "./summary.ts";

/** Rules about values: where the value goes decides how bad it is. */
const OF_VALUES: ReadonlySet<string> = new Set([
  "RD101",
  "RD102",
  "RD104",
  "RD105",
  "RD107",
  "RD108",
  "RD109",
]);

/** From ways through the code to findings: each once for a sink and a call of the body. */
export class FindingsMaker {
  readonly #facts: Facts;
  readonly #directory: string;
  readonly #found = new Map<string, Finding>();

  constructor(facts: Facts, directory: string) {
    this.#facts = facts;
    this.#directory = directory;
  }

  findings(): readonly Finding[] {
    return [...this.#found.values()];
  }

  add(root: Root, path: Path): void {
    const flows = OF_VALUES.has(path.site.ruleId) ? this.#flows(root, path) : [];
    this.#put(root, path, flows);
    const module = path.links.findIndex(({ edge }) => edge === "module-init");
    if (module >= 0) this.#addRead(root, path, module);
    for (const key of flows) {
      if (key.kind === "key") this.#put(root, { ...path, links: [], site: keySite(key, path) }, []);
    }
  }

  /** What a module's constant was set from differs, so reading the constant is one finding more. */
  #addRead(root: Root, path: Path, index: number): void {
    const link = path.links[index];
    if (link === undefined) return;
    const symbol = link.node.getText();
    const told = hostSite("global-state", link.node, symbol);
    const message = `${symbol} was set from ${path.site.symbol} when its module was loaded`;
    const at = path.links[index - 1]?.to ?? root.body;
    this.#put(root, { links: path.links.slice(0, index), site: { ...told, message }, at }, []);
  }

  /** Registrations have no body to begin at. */
  addAlone(site: Site, workflow: string): void {
    const { file, range } = this.#place(site.node);
    const frame: Frame = { symbol: site.symbol, file, range, edge: "sink" };
    const key = `${site.ruleId} ${file} ${range.line}:${range.col}`;
    this.#found.set(
      key,
      this.#finding(site, [frame], workflow === "" ? [] : [workflow], undefined),
    );
  }

  #put(root: Root, path: Path, flows: readonly Flow[]): void {
    const { site, links } = path;
    const { file, range } = this.#place(site.node);
    const first = site.isLocal || links[0] === undefined ? undefined : this.#place(links[0].node);
    const from = first === undefined ? "" : `${first.file}:${first.range.line}:${first.range.col}`;
    const until = `${range.endLine}:${range.endCol}`;
    const key = `${site.ruleId} ${file} ${range.line}:${range.col}-${until} ${from}`;
    const known = this.#found.get(key);
    const label = labelOf(root);
    if (known !== undefined) {
      if (known.workflows.includes(label)) return;
      this.#found.set(key, { ...known, workflows: [...known.workflows, label] });
      return;
    }
    const kind = flows.length === 0 ? undefined : worst(flows);
    this.#found.set(key, this.#finding(site, this.#trace(root, path), [label], kind));
  }

  #finding(
    site: Site,
    trace: readonly Frame[],
    workflows: readonly string[],
    sinkKind: SinkKind | undefined,
  ): Finding {
    const facts = RULE_FACTS.get(site.ruleId);
    const usual = facts === undefined || facts.severity === "off" ? "warn" : facts.severity;
    const isRecorded = sinkKind === "payload" && isCheckpointed(site);
    const fix = isRecorded ? checkpointFix(site, this.#facts) : site.fix;
    const { file, range } = this.#place(site.node);
    const { help } = site;
    const symbols = trace.map(({ symbol }) => symbol);
    return {
      ruleId: site.ruleId,
      category: facts?.category ?? "tool",
      severity: isRecorded ? "warn" : (site.severity ?? usual),
      message: site.message,
      file,
      range,
      workflows,
      trace,
      fingerprint: sha256([site.ruleId, workflows[0] ?? "", ...symbols].join("\n")).slice(0, 16),
      ...(OF_VALUES.has(site.ruleId) ? { sinkKind: sinkKind ?? "unknown" } : {}),
      ...(help === undefined ? {} : { help }),
      ...(fix === undefined ? {} : { fix: fix.map((each): Edit => ({ file, ...each })) }),
    };
  }

  /** Where the value goes: while it is returned, on in the caller. */
  #flows(root: Root, { site, links, at }: Path): readonly Flow[] {
    let flows = flowsOf(site.node, this.#facts, at);
    const done: Flow[] = [];
    for (let i = links.length - 1; i >= 0; i -= 1) {
      const link = links[i];
      const isReturned = flows.some(({ kind }) => kind === "return");
      if (link === undefined || !(isReturned || link.edge === "module-init")) break;
      done.push(...flows.filter(({ kind }) => kind !== "return"));
      flows = flowsOf(link.node, this.#facts, links[i - 1]?.to ?? root.body);
    }
    return [...done, ...flows];
  }

  /** From the body to the sink: each frame is where its code leads on. */
  #trace(root: Root, { links, site }: Path): readonly Frame[] {
    const codes = [
      { symbol: nameOf(root.body.code), edge: "body" as const },
      ...links.map(({ to, node, edge }) => {
        const symbol = edge === "module-init" ? node.getText() : nameOf(to.code);
        return { symbol, edge };
      }),
    ];
    const frames = codes.map((code, i): Frame => {
      return { ...code, ...this.#place(links[i]?.node ?? site.node) };
    });
    return [...frames, { symbol: site.symbol, ...this.#place(site.node), edge: "sink" }];
  }

  #place(node: ts.Node): { readonly file: string; readonly range: Range } {
    const source = node.getSourceFile();
    const file = relativeTo(this.#directory, source.fileName);
    return { file, range: rangeOf(node, source) };
  }
}

/** The whole node where it stands in one line, else its first line. */
export function rangeOf(node: ts.Node, source: ts.SourceFile): Range {
  const start = source.getLineAndCharacterOfPosition(node.getStart(source));
  const end = source.getLineAndCharacterOfPosition(node.getEnd());
  const isShort = start.line === end.line;
  const lineEnd = source.getLineEndOfPosition(node.getStart(source));
  const last = isShort ? end : source.getLineAndCharacterOfPosition(lineEnd);
  return {
    line: start.line + 1,
    col: start.character + 1,
    endLine: last.line + 1,
    endCol: last.character + 1,
  };
}

function keySite({ node }: Flow, { site }: Path): Site {
  return {
    ruleId: "RD207",
    node,
    symbol: site.symbol,
    message: `the name of this effect is made from ${site.symbol}`,
    help: "use a literal, or one with parts of the input or a loop's counter",
    isLocal: true,
  };
}
