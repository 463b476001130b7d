import { step, workflow } from "raftoral";

const save = step("save", async (n: number) => n);
class Sequence {
  static #instance: Sequence | undefined;
  #next = 0;
  static get(): Sequence {
    Sequence.#instance ??= new Sequence();
    return Sequence.#instance;
  }
  take(): number {
    return this.#next++;
  }
}

export const sequenced = workflow({
  name: "sequenced",
  run: function* () {
    return yield* save(Sequence.get().take());
  },
});
