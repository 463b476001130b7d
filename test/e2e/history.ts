import { createWriteStream, readFileSync, type WriteStream } from "node:fs";

// What happened, as JSON lines: the checks read nothing else, so that a history can be checked
// again, by itself, later.

/** What a client did and heard: `unknown` may have happened, `failed` has not. */
export type Outcome = "ok" | "failed" | "unknown";

/**
 * `start`, `signal`, `cancel`: acknowledged once a majority has it. `result`: the run's end.
 * `read`: its progress, which only grows. `look`: whether it has ended.
 */
export const KINDS = ["start", "signal", "cancel", "result", "read", "look"] as const;
export type OperationKind = (typeof KINDS)[number];

/** A number, of reads; texts, of results. */
export type Value = number | readonly string[];

export interface What {
  readonly kind: OperationKind;
  readonly client: string;
  readonly run: string;
  /** Of a signal. */
  readonly id?: string;
}

export interface Operation extends What {
  /** On one clock, that of the harness. */
  readonly invokedMs: number;
  /** Infinite: nobody heard how it ended. */
  readonly endedMs: number;
  readonly outcome: Outcome;
  readonly value?: Value;
  readonly error?: string;
}

/** A run as a member lists it after the heal. */
export interface FinalRun {
  readonly run: string;
  readonly workflow: string;
  readonly status: string;
  readonly value?: Value;
}

/** One execution of an effect body, as the outside world saw it. */
export interface Execution {
  /** What the body got as its result: no two executions have the same. */
  readonly token: string;
  readonly key: string;
  readonly run: string;
  readonly attempt: number;
  readonly node: string;
}

/** What the checks have to know of how the load was made. */
export interface Terms {
  /** Effects of a chain. */
  readonly effects: number;
  readonly runsAtOnce: number;
  /** Disruptions, each of which may cost each run under way one execution more. */
  readonly disruptions: number;
}

export interface Evidence {
  readonly terms: Terms;
  readonly operations: readonly Operation[];
  readonly runs: readonly FinalRun[];
  readonly executions: readonly Execution[];
}

type Line =
  | ({ readonly line: "invoked"; readonly op: number } & What & Pick<Operation, "invokedMs">)
  | ({ readonly line: "ended"; readonly op: number } & Omit<Operation, keyof What | "invokedMs">)
  | { readonly line: "note"; readonly atMs: number; readonly event: string }
  | ({ readonly line: "run" } & FinalRun)
  | ({ readonly line: "execution" } & Execution)
  | ({ readonly line: "terms" } & Terms);

type Heard = Pick<Operation, "outcome" | "value" | "error">;

export class History {
  readonly #file: WriteStream;
  #lastOp = 0;

  constructor(path: string) {
    this.#file = createWriteStream(path);
  }

  /** An invocation is on its way to disk before it happens: a harness that dies leaves no guess. */
  async record(
    what: What,
    act: () => Promise<Value | undefined>,
    outcomeOf: (error: unknown) => Outcome,
  ): Promise<Heard> {
    const op = ++this.#lastOp;
    this.#write({ line: "invoked", op, ...what, invokedMs: performance.now() });
    const heard = await end(act, outcomeOf);
    this.#write({ line: "ended", op, ...heard, endedMs: performance.now() });
    return heard;
  }

  note(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#write({ line: "note", atMs: performance.now(), event, ...fields });
  }

  conclude({ executions, runs, terms }: Omit<Evidence, "operations">): void {
    for (const run of runs) this.#write({ line: "run", ...run });
    for (const execution of executions) this.#write({ line: "execution", ...execution });
    this.#write({ line: "terms", ...terms });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#file.end(resolve));
  }

  #write(line: Line): void {
    this.#file.write(`${JSON.stringify(line)}\n`);
  }
}

async function end(
  act: () => Promise<Value | undefined>,
  outcomeOf: (error: unknown) => Outcome,
): Promise<Heard> {
  try {
    const value = await act();
    return { outcome: "ok", ...(value === undefined ? {} : { value }) };
  } catch (error) {
    return { outcome: outcomeOf(error), error: String(error) };
  }
}

export function readHistory(path: string): Evidence {
  const texts = readFileSync(path, "utf8").split("\n");
  return evidenceOf(texts.filter((text) => text !== "").map((text): Line => JSON.parse(text)));
}

const NEVER = Number.POSITIVE_INFINITY;

function evidenceOf(lines: readonly Line[]): Evidence {
  const operations = new Map<number, Operation>();
  const runs: FinalRun[] = [];
  const executions: Execution[] = [];
  let terms: Terms | undefined;
  for (const line of lines) {
    switch (line.line) {
      case "invoked":
        operations.set(line.op, { ...line, endedMs: NEVER, outcome: "unknown" });
        break;
      case "ended": {
        const invoked = operations.get(line.op);
        if (invoked !== undefined) operations.set(line.op, { ...invoked, ...line });
        break;
      }
      case "run":
        runs.push(line);
        break;
      case "execution":
        executions.push(line);
        break;
      case "terms":
        terms = line;
        break;
      default:
    }
  }
  if (terms === undefined) throw new Error("the history has no conclusion");
  return { terms, operations: [...operations.values()], runs, executions };
}
