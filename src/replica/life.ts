// A replica's life: it ends once, for good and with a reason; nothing is done after that.

import type { RaftoralError } from "../errors.ts";
import { asError, type End, endError } from "./end.ts";

interface Parts {
  readonly name: string;
  /** Once. `refusal`: what those hear who wait, and whoever asks later. */
  onEnd(end: End, refusal: RaftoralError): void;
}

export class Life {
  readonly #parts: Parts;
  #end: End | undefined;
  #refusal: RaftoralError | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get end(): End | undefined {
    return this.#end;
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  get refusal(): RaftoralError | undefined {
    return this.#refusal;
  }

  /** Nothing that the core or the machine throws passes: it is this replica's end. */
  guarded(act: () => void): void {
    if (this.isOver) return;
    try {
      act();
    } catch (thrown) {
      this.fail(asError(thrown));
    }
  }

  fail(reason: Error): void {
    this.#finish({ role: "failed", reason });
  }

  stop(): void {
    this.#finish({ role: "stopped" });
  }

  #finish(end: End): void {
    if (this.isOver) return;
    this.#end = end;
    this.#refusal = endError(this.#parts.name, end);
    this.#parts.onEnd(end, this.#refusal);
  }
}
