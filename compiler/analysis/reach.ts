import { ts } from "ts-morph";
import type { Edge } from "../finding.ts";
import type { Facts } from "./facts.ts";
import { read } from "./reader.ts";
import type { Link, Site, Summary } from "./summary.ts";
import type { Activation } from "./value.ts";

/** A way from a body to something wrong: the links, in order, and the site at the end. */
export interface Path {
  readonly links: readonly Link[];
  readonly site: Site;
  /** In what the site stands. */
  readonly at: Activation;
}

/** More pieces of code than this are not followed from one body. */
const REACH_MAX = 50_000;

/** Of what runs when a module is loaded, only what makes its values differ is told. */
const OF_MODULES: ReadonlySet<string> = new Set([
  "RD101",
  "RD102",
  "RD104",
  "RD105",
  "RD108",
  "RD109",
]);

/** The graph of pieces of code, read as far as bodies get. */
export class Graph {
  readonly #facts: Facts;
  readonly #summaries = new Map<Activation, Summary>();
  readonly #bodies: ReadonlySet<Activation>;
  #fruitful: Set<Activation> | undefined;

  constructor(facts: Facts, bodies: ReadonlySet<Activation>) {
    this.#facts = facts;
    this.#bodies = bodies;
  }

  summaryOf(at: Activation): Summary {
    const known = this.#summaries.get(at);
    if (known !== undefined) return known;
    const made = read(this.#facts, at, this.#bodies.has(at));
    this.#summaries.set(at, made);
    return made;
  }

  /** All that a body reaches, itself included. */
  reachedFrom(body: Activation): readonly Activation[] {
    const found = [body];
    const seen = new Set(found);
    for (const at of found) {
      if (found.length > REACH_MAX) break;
      for (const { to } of this.summaryOf(at).links) {
        if (seen.has(to)) continue;
        seen.add(to);
        found.push(to);
      }
    }
    return found;
  }

  /** What is wrong in a body, and on shortest ways from each of its calls. */
  pathsFrom(body: Activation): readonly Path[] {
    const { sites, links } = this.summaryOf(body);
    const own = sites.map((site) => ({ links: [], site, at: body }));
    const beyond = links.flatMap((link) => this.#pathsThrough(link, body));
    return [...own, ...beyond];
  }

  #pathsThrough(first: Link, body: Activation): readonly Path[] {
    if (first.to === body || !this.#leadsSomewhere(first.to)) return [];
    const before = new Map<Activation, readonly Link[]>([[first.to, [first]]]);
    const paths: Path[] = [];
    for (const [at, links] of before) {
      const isOfModule = links.some(({ edge }) => edge === "module-init");
      const { sites, links: next } = this.summaryOf(at);
      for (const site of sites) {
        if (!isOfModule || this.#countsForModule(site)) paths.push({ links, site, at });
      }
      for (const link of next) {
        if (link.to === body || before.has(link.to) || !this.#leadsSomewhere(link.to)) continue;
        before.set(link.to, [...links, link]);
      }
    }
    return paths;
  }

  #countsForModule({ ruleId, symbol }: Site): boolean {
    return OF_MODULES.has(ruleId) && !(ruleId === "RD104" && symbol.startsWith("new "));
  }

  /** Whether anything wrong can be reached from there; found once for all that was read. */
  #leadsSomewhere(at: Activation): boolean {
    this.#fruitful ??= this.#findFruitful();
    return this.#fruitful.has(at);
  }

  #findFruitful(): Set<Activation> {
    const callers = new Map<Activation, Activation[]>();
    const found: Activation[] = [];
    for (const [at, { sites, links }] of this.#summaries) {
      if (sites.length > 0) found.push(at);
      for (const { to } of links) callers.set(to, [...(callers.get(to) ?? []), at]);
    }
    const fruitful = new Set(found);
    for (const at of found) {
      for (const caller of callers.get(at) ?? []) {
        if (fruitful.has(caller)) continue;
        fruitful.add(caller);
        found.push(caller);
      }
    }
    return fruitful;
  }

  edges(): Iterable<{ readonly from: Activation; readonly to: Activation; readonly edge: Edge }> {
    return [...this.#summaries].flatMap(([from, { links }]) =>
      links.map(({ to, edge }) => ({ from, to, edge })),
    );
  }
}

export const isFunctionCode = (at: Activation): boolean =>
  ts.isFunctionLike(at.code) || ts.isClassLike(at.code);
