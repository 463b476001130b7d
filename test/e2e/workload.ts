import { type Client, RaftoralError, type RunHandle, WorkflowCancelled } from "raftoral";
import type { History, OperationKind, Outcome, Value, What } from "./history.ts";
import { chain, mailbox, note, patient } from "./module.ts";
import { pause } from "./nemesis.ts";

export interface WorkloadOptions {
  readonly clients: readonly Client[];
  readonly history: History;
  /** Of a chain. */
  readonly effects: number;
}

/** What each client does at once, again and again. */
const LANES = ["chain", "chain", "chain", "chain", "mailbox", "patient"] as const;
export const RUNS_AT_ONCE_EACH = LANES.length;

const READ_EVERY_MS = 200;
const RESULT_TIMEOUT = "2 minutes";
const SIGNALS = 5;
/** A call that nobody answered is made again, under the same id, so often. */
const TRIES_MAX = 20;

/** Starts runs, talks to them, reads them, waits for their ends, until it is told to stop. */
export class Workload {
  readonly #options: WorkloadOptions;
  #isStopping = false;
  readonly #loops: Promise<void>[];

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#loops = options.clients.flatMap((_, at) =>
      LANES.map((lane, i) => this.#loop(at, lane, `${lane}-${i}`)),
    );
  }

  /** Settles when the runs under way have ended, or their clients have given up. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#loops);
  }

  async #loop(at: number, lane: (typeof LANES)[number], name: string): Promise<void> {
    const { clients, effects, history } = this.#options;
    for (let n = 0; !this.#isStopping; n++) {
      const own = clients[at % clients.length];
      // What one client was told, another one must see.
      const other = clients[(at + n + 1) % clients.length];
      if (own === undefined || other === undefined) return;
      const run = `${own.name}-${name}-${n}`;
      const talk = new Talk({ own, other, run, history });
      if (lane === "chain") await talk.chain(effects);
      else if (lane === "mailbox") await talk.mailbox(SIGNALS);
      else await talk.patient();
    }
  }
}

interface TalkParts {
  readonly own: Client;
  readonly other: Client;
  readonly run: string;
  readonly history: History;
}

/** All that is said about one run. */
class Talk {
  readonly #parts: TalkParts;

  constructor(parts: TalkParts) {
    this.#parts = parts;
  }

  async chain(effects: number): Promise<void> {
    const { own, run } = this.#parts;
    const start = async (): Promise<void> =>
      void (await own.start(chain, { run, effects }, { id: run }));
    if (!(await this.#insist({ kind: "start", client: own.name, run }, start))) return;
    let hasEnded = false;
    const done = this.#result(own).then(() => {
      hasEnded = true;
    });
    while (!hasEnded) {
      await Promise.race([done, pause(READ_EVERY_MS)]);
      if (!hasEnded) await this.#read(own);
    }
    await done;
    await this.#afterwards();
  }

  async mailbox(signals: number): Promise<void> {
    const { other, own, run } = this.#parts;
    const start = async (): Promise<void> =>
      void (await own.start(mailbox, undefined, { id: run }));
    if (!(await this.#insist({ kind: "start", client: own.name, run }, start))) return;
    for (let n = 1; n <= signals; n++) {
      const id = `${run}-${n}`;
      await this.#signal(own, { id, isLast: n === signals });
      // Said twice, by two: it is one, if the run is still there to hear it.
      if (n === signals - 2) await this.#signal(other, { id, isLast: false });
      await this.#read(other);
      await pause(READ_EVERY_MS);
    }
    await this.#result(own);
    await this.#afterwards();
  }

  async patient(): Promise<void> {
    const { other, own, run } = this.#parts;
    const start = async (): Promise<void> => void (await own.start(patient, { run }, { id: run }));
    if (!(await this.#insist({ kind: "start", client: own.name, run }, start))) return;
    await this.#look();
    await pause(READ_EVERY_MS);
    await this.#insist({ kind: "cancel", client: other.name, run }, () =>
      other.get(patient, run).cancel("enough", { id: `${run}-cancel` }),
    );
    await this.#result(own);
    await this.#afterwards();
  }

  /** The other client is told the same, and sees the end. */
  async #afterwards(): Promise<void> {
    await this.#look();
    await this.#result(this.#parts.other);
  }

  #signal(client: Client, { id, isLast }: { id: string; isLast: boolean }): Promise<boolean> {
    const { run } = this.#parts;
    return this.#insist({ kind: "signal", client: client.name, run, id }, () =>
      client.get(mailbox, run).signal(note, { id, isLast }, { id }),
    );
  }

  #read(client: Client): Promise<Outcome> {
    const handle = client.get(chain, this.#parts.run);
    return this.#record("read", client, () => progressOf(handle));
  }

  #look(): Promise<Outcome> {
    const { other, run } = this.#parts;
    return this.#record("look", other, () => phaseOf(other.get(chain, run)));
  }

  #result(client: Client): Promise<Outcome> {
    const handle = client.get(chain, this.#parts.run);
    return this.#record("result", client, () => endOf(handle));
  }

  async #record(kind: OperationKind, client: Client, act: () => Promise<Value>): Promise<Outcome> {
    const { history, run } = this.#parts;
    return (await history.record({ kind, client: client.name, run }, act, outcomeOf)).outcome;
  }

  /** Until it is acknowledged, under the same id; each time is an operation of its own. */
  async #insist(what: What, act: () => Promise<void>): Promise<boolean> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const nothing = (): Promise<undefined> => act().then(() => undefined);
      const { outcome } = await this.#parts.history.record(what, nothing, outcomeOf);
      if (outcome !== "unknown") return outcome === "ok";
    }
    return false;
  }
}

/** Before the body's first stretch there is none: less than any. */
async function progressOf(handle: RunHandle<unknown>): Promise<number> {
  try {
    return await handle.variable<number>("progress");
  } catch (error) {
    if (error instanceof RaftoralError && error.code === "variable-not-found") return -1;
    throw error;
  }
}

async function phaseOf(handle: RunHandle<unknown>): Promise<number> {
  try {
    const { endedAt } = await handle.describe();
    return endedAt === undefined ? 0 : 1;
  } catch (error) {
    if (error instanceof RaftoralError && error.code === "workflow-not-found") return -1;
    throw error;
  }
}

/** What a workflow returned; that it was cancelled is the end that a patient has. */
async function endOf(handle: RunHandle<readonly string[]>): Promise<Value> {
  try {
    return await handle.result({ timeout: RESULT_TIMEOUT });
  } catch (error) {
    if (error instanceof WorkflowCancelled) return ["cancelled"];
    throw error;
  }
}

/** Only what the group itself refused is known not to have happened. */
function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof RaftoralError)) throw error;
  return error.retryable ? "unknown" : "failed";
}
