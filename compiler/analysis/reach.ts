// Everything that a workflow's body leads to, by shortest ways. A search in breadth from each body:
// cycles end by themselves, and no reason can come too late.

import type { ts } from "ts-morph";
import type { Edge } from "../finding.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { CodeNode } from "./resolve.ts";
import type { CodeSummary, Sink, VirtualCall } from "./summary.ts";

/** How code was come to. */
export interface Hop {
  readonly code: CodeNode;
  readonly edge: Edge;
  /** The place in the code before; undefined for the body. */
  readonly at: ts.Node | undefined;
  readonly before: Hop | undefined;
}

/** A sink, and the way to the code that has it. */
export interface Reached {
  readonly sink: Sink;
  readonly hop: Hop;
}

export interface Reach {
  readonly hops: readonly Hop[];
  readonly reached: readonly Reached[];
  readonly unverifiedCalls: number;
}

/** More implementations than this say nothing (RD121). */
const TARGETS_MAX = 8;

export type Summarize = (code: CodeNode, isBody: boolean) => CodeSummary;

export function reachFrom(body: CodeNode, summarize: Summarize, hierarchy: Hierarchy): Reach {
  return new Search(summarize, hierarchy).from(body);
}

class Search {
  readonly #summarize: Summarize;
  readonly #hierarchy: Hierarchy;
  readonly #seen = new Set<CodeNode>();
  readonly #hops: Hop[] = [];
  readonly #reached: Reached[] = [];
  readonly #made = new Set<ts.ClassLikeDeclaration>();
  readonly #virtuals: { readonly call: VirtualCall; readonly hop: Hop; hasTarget: boolean }[] = [];
  #unverifiedCalls = 0;

  constructor(summarize: Summarize, hierarchy: Hierarchy) {
    this.#summarize = summarize;
    this.#hierarchy = hierarchy;
  }

  from(body: CodeNode): Reach {
    this.#enter({ code: body, edge: "body", at: undefined, before: undefined });
    let walked = 0;
    for (;;) {
      // Grows while it is walked.
      for (; walked < this.#hops.length; walked++) {
        const hop = this.#hops[walked];
        if (hop !== undefined) this.#walk(hop, walked === 0);
      }
      if (!this.#anyImplementation() && walked === this.#hops.length) break;
    }
    return {
      hops: this.#hops,
      reached: this.#reached,
      unverifiedCalls: this.#unverifiedCalls,
    };
  }

  #enter(hop: Hop): void {
    if (this.#seen.has(hop.code)) return;
    this.#seen.add(hop.code);
    this.#hops.push(hop);
  }

  #walk(hop: Hop, isBody: boolean): void {
    const summary = this.#summarize(hop.code, isBody);
    for (const sink of summary.sinks) this.#reached.push({ sink, hop });
    this.#unverifiedCalls += summary.unverifiedCalls;
    for (const { to, edge, at } of summary.edges) {
      this.#enter({ code: to, edge, at, before: hop });
    }
    for (const call of summary.virtuals) {
      const virtual = { call, hop, hasTarget: false };
      this.#virtuals.push(virtual);
      for (const made of this.#made) this.#connect(virtual, made);
    }
    for (const made of summary.made) {
      if (this.#made.has(made)) continue;
      this.#made.add(made);
      for (const virtual of this.#virtuals) this.#connect(virtual, made);
    }
  }

  /** Of classes that the workflow makes itself the methods are meant, and no others. */
  #connect(
    virtual: { readonly call: VirtualCall; readonly hop: Hop; hasTarget: boolean },
    made: ts.ClassLikeDeclaration,
  ): void {
    const { call, hop } = virtual;
    const code = this.#hierarchy.implementation(made, call.declaration, call.name);
    if (code === undefined) return;
    virtual.hasTarget = true;
    this.#enter({ code, edge: "call", at: call.at, before: hop });
  }

  /** An object that came from elsewhere: any class of the project that fits may be meant. */
  #anyImplementation(): boolean {
    const before = this.#hops.length;
    for (const virtual of this.#virtuals) {
      const { call, hop } = virtual;
      const hasBody = "body" in call.declaration && call.declaration.body !== undefined;
      if (virtual.hasTarget || hasBody) continue;
      virtual.hasTarget = true;
      const classes = this.#hierarchy.classesBehind(call.declaration);
      if (classes.length > TARGETS_MAX) this.#reached.push({ sink: tooMany(call, classes), hop });
      else for (const made of classes) this.#connect(virtual, made);
    }
    return this.#hops.length > before;
  }
}

const tooMany = ({ at, name }: VirtualCall, classes: readonly unknown[]): Sink => ({
  ruleId: "RD121",
  node: at,
  symbol: name,
  message: `${name}() has ${classes.length} implementations: none of them was looked at`,
  help: "call it through a type with fewer, or in a compute",
});
