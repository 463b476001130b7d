// Compensations: plain data beside a branch, run by the branch itself. The interpreter only says
// which saga a branch stands in.

import { CompensationFailed } from "../../errors.ts";
import { type Branch, type Gen, type Op, op } from "./effect.ts";
import { shield } from "./task.ts";

type Undo = () => Branch<unknown>;

/** What the body of a saga registers its compensations with. */
export interface Saga {
  /**
   * Registers how to undo. Runs after all that was registered later, when the saga fails or is
   * cancelled. Register before an effect whose result may get lost, after one that must have one.
   */
  compensate(undo: () => Branch<unknown>): void;
  /** Runs the branch; once it gave its value, how to undo that is registered. */
  run<A>(branch: Branch<A>, undo: (value: A) => Branch<unknown>): Gen<A>;
}

/**
 * Runs `body`. When it throws, by failure or cancellation, its compensations run one after the
 * other, the last registered first, out of reach of any cancellation; then the error goes on.
 * Each is a branch of ordinary effects, so a takeover in the middle goes on where it was. One that
 * fails does not keep the others from running; the saga then throws `CompensationFailed`.
 * A saga within a saga that ended well hands its compensations to the outer one.
 */
export function saga<A>(body: (saga: Saga) => Gen<A>): Op<A> {
  return op({
    kind: "saga",
    isTuple: true,
    branches: [],
    open: (outer) => {
      const scope = new Scope(outer instanceof Scope ? outer : undefined);
      return { scope, branch: () => run(body, scope) };
    },
  });
}

/** The compensations of one saga under way. */
class Scope implements Saga {
  readonly #outer: Scope | undefined;
  #undos: Undo[] = [];
  #isOver = false;

  constructor(outer: Scope | undefined) {
    this.#outer = outer;
  }

  compensate(undo: Undo): void {
    this.#undos.push(undo);
  }

  *run<A>(branch: Branch<A>, undo: (value: A) => Branch<unknown>): Gen<A> {
    const value = yield* inPlace(branch);
    this.compensate(() => undo(value));
    return value;
  }

  /** True: the outer saga has them now. False: it is over, nobody would run them. */
  handOver(): boolean {
    const outer = this.#outer;
    this.#isOver = true;
    if (outer === undefined) return true;
    if (outer.#isOver) return false;
    outer.#undos.push(...this.#undos);
    return true;
  }

  /** The last registered first. Those that are registered meanwhile come too. */
  *undoAll(): Gen<readonly unknown[]> {
    this.#isOver = true;
    const failures: unknown[] = [];
    for (let undo = this.#undos.pop(); undo !== undefined; undo = this.#undos.pop()) {
      try {
        yield* inPlace(undo());
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  }
}

function* run<A>(body: (saga: Saga) => Gen<A>, scope: Scope): Gen<A> {
  let value: A;
  try {
    value = yield* body(scope);
  } catch (error) {
    const failures = yield* shield(() => scope.undoAll());
    if (failures.length === 0) throw error;
    throw new CompensationFailed(failures, error);
  }
  if (scope.handOver()) return value;
  // The saga around this one was undone meanwhile: what this one did is wanted no more.
  const failures = yield* shield(() => scope.undoAll());
  if (failures.length > 0) throw new CompensationFailed(failures, undefined);
  return value;
}

/** A branch as part of the one that stands here. */
function* inPlace<A>(branch: Branch<A>): Gen<A> {
  const source = typeof branch === "function" ? branch() : branch;
  return yield* source;
}
