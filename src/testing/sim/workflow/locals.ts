// What a random program keeps while it runs.

import type { Gen, Variable } from "../../../workflow/dsl/effect.ts";
import { variable } from "../../../workflow/dsl/write-behind.ts";
import { hashText, mix } from "./ghost.ts";

/** A run whose input is below goes on, where its program says so, as one whose input is above. */
export const GENERATION = 1_000;

/** The variable by which a tame program says that it waits for its cancellation alone. */
export const WAITING = "waiting";

/** What the simulation lends to bodies while they run: answers that differ at every reading. */
export interface ProgramHost {
  /** Nondeterministic on purpose: what a checkpoint records must win over it. */
  ownValue(): number;
  violation(law: string, detail: string): void;
  /** Told of each step of the program, before it is asked for. */
  reached?(locals: Locals): void;
}

export interface LocalsParts {
  readonly isOld: boolean;
  readonly isTame: boolean;
  readonly input: number;
  /** Names the strand: "" is the body itself. */
  readonly strand?: string;
}

export class Locals {
  registers: number[] = [1, 2, 3];
  ghost = 17;
  lastNowMs = 0;
  readonly variables: Variable<number>[] = [];
  readonly isOld: boolean;
  readonly isTame: boolean;
  readonly input: number;
  readonly #strand: string;
  #forks = 0;

  constructor({ isOld, isTame, input, strand = "" }: LocalsParts) {
    this.isOld = isOld;
    this.isTame = isTame;
    this.input = input;
    this.#strand = strand;
  }

  take(to: number, value: unknown): void {
    const word = typeof value === "number" ? value | 0 : hashText(String(value));
    this.registers[to] = mix(this.registers[to] ?? 0, word);
    this.ghost = mix(this.ghost, word);
  }

  get(from: number): number {
    return this.registers[from] ?? 0;
  }

  /** What a branch works with: these very ones, or its own. */
  forBranch(): Locals {
    if (!this.isTame) return this;
    const { isOld, isTame, input } = this;
    const strand = `${this.#strand}/${this.#forks++}`;
    const branch = new Locals({ isOld, isTame, input, strand });
    branch.registers = [...this.registers];
    branch.ghost = mix(this.ghost, hashText(strand));
    return branch;
  }

  /** Declared when it is first asked for. */
  *variable(at: number): Gen<Variable<number>> {
    const known = this.variables[at];
    if (known !== undefined) return known;
    for (let i = this.variables.length; i <= at; i++) {
      this.variables.push(yield* variable(this.nameOf(i), i));
    }
    return yield* this.variable(at);
  }

  nameOf(at: number): string {
    return `${this.#strand}v${at}`;
  }
}
