import { createWriteStream, type WriteStream } from "node:fs";

/** What a client did and heard: `unknown` may have happened, `failed` has not. */
export type Outcome = "ok" | "failed" | "unknown";

export interface Operation {
  readonly kind: "start" | "result" | "read";
  readonly client: string;
  readonly run: string;
  /** On one clock, that of the harness. */
  readonly invokedMs: number;
  readonly endedMs: number;
  readonly outcome: Outcome;
  /** Of a result: its value; of a read: the progress. */
  readonly value?: number;
  readonly error?: string;
}

/** Kept whole in memory for the checks, and as JSON lines on disk for people. */
export class History {
  readonly operations: Operation[] = [];
  readonly #file: WriteStream;

  constructor(path: string) {
    this.#file = createWriteStream(path);
  }

  /** An invocation is on disk before it happens: a harness that dies leaves no guess. */
  async record(
    what: Pick<Operation, "kind" | "client" | "run">,
    act: () => Promise<number | undefined>,
    outcomeOf: (error: unknown) => Outcome,
  ): Promise<Operation> {
    const invokedMs = performance.now();
    this.#write({ ...what, invokedMs });
    const end = await this.#end(act, outcomeOf);
    const operation = { ...what, invokedMs, endedMs: performance.now(), ...end };
    this.operations.push(operation);
    this.#write(operation);
    return operation;
  }

  note(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#write({ event, atMs: performance.now(), ...fields });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#file.end(resolve));
  }

  async #end(
    act: () => Promise<number | undefined>,
    outcomeOf: (error: unknown) => Outcome,
  ): Promise<Pick<Operation, "outcome" | "value" | "error">> {
    try {
      const value = await act();
      return { outcome: "ok", ...(value === undefined ? {} : { value }) };
    } catch (error) {
      return { outcome: outcomeOf(error), error: String(error) };
    }
  }

  #write(line: object): void {
    this.#file.write(`${JSON.stringify(line)}\n`);
  }
}
