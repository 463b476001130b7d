// Follows an accepted history with the simulator's own interpreter: what the engine recorded must
// be what the rules give for these inputs in this order.

import { Hash128 } from "../../../std/hash.ts";
import { type Path, path as pathOf } from "../../../std/ids.ts";
import type { AnyWorkflow } from "../../../workflow/dsl/define.ts";
import { childHandle, type EffectKind, variableHandle } from "../../../workflow/dsl/effect.ts";
import type { Input } from "../../../workflow/dsl/record.ts";
import type { Run } from "../../../workflow/machine/state.ts";
import { createValueCodec } from "../../../workflow/values/codec.ts";
import { Direct, type DirectEnd, type FromRun, type Write } from "./direct.ts";
import { thrown, value } from "./direct-groups.ts";

const codec = createValueCodec();

export interface Followed {
  readonly end: DirectEnd | undefined;
  /** Ids of the signals that were read, in order. */
  readonly read: readonly string[];
  /** Kinds of effects that were asked for. */
  readonly kinds: ReadonlySet<EffectKind>;
  readonly variables: ReadonlyMap<string, unknown>;
  /** The first thing that the history has otherwise. */
  readonly trouble: string | undefined;
}

/** `wasCut`: it was ended from outside, wherever it stood. */
export function followDirectly(run: Run, workflow: AnyWorkflow, wasCut: boolean): Followed {
  return new Follower(run, wasCut).follow(workflow);
}

class Follower {
  readonly #run: Run;
  readonly #wasCut: boolean;
  readonly #variables = new Map<string, { value: unknown }>();
  readonly #asked = new Set<Path>();
  readonly #read: string[] = [];
  readonly #kinds = new Set<EffectKind>();
  #at: Input | undefined;
  #draws = 0;
  #trouble: string | undefined;

  constructor(run: Run, wasCut: boolean) {
    this.#run = run;
    this.#wasCut = wasCut;
  }

  follow(workflow: AnyWorkflow): Followed {
    const direct = new Direct({
      write: (effect, path) => this.#write(effect, pathOf(path)),
      isPatched: (id) => this.#run.writes.has(pathOf(`patched:${id}`)),
      answer: (effect) => this.#answer(effect),
      onAsked: (kind) => this.#kinds.add(kind),
      onRead: (id) => this.#read.push(id),
    });
    for (const input of this.#run.inputs) {
      if (direct.end !== undefined) break;
      this.#at = input;
      this.#feed(direct, input, workflow);
    }
    const { end } = direct;
    if (end !== undefined) this.#lookForUnasked();
    const variables = new Map([...this.#variables].map(([name, { value }]) => [name, value]));
    const [read, kinds, trouble] = [this.#read, this.#kinds, this.#trouble];
    return { end, read, kinds, variables, trouble };
  }

  #feed(direct: Direct, input: Input, workflow: AnyWorkflow): void {
    switch (input.kind) {
      case "start":
        direct.begin(() => workflow.run(codec.decode(this.#run.input)));
        return;
      case "signal":
        direct.signal(input.name, input.id, codec.decode(input.value));
        return;
      case "cancel":
        direct.cancel(input.reason);
        return;
      default: {
        const { effect, outcome } = input;
        const leaf = direct.pending.get(effect.path)?.leaf;
        const isHandle = leaf?.kind === "child" && leaf.waitsFor === "start";
        const given = outcome.ok ? codec.decode(outcome.value) : undefined;
        const answer = isHandle ? childHandle(effect.name, String(given)) : given;
        const ending = outcome.ok ? value(answer) : thrown(codec.decodeError(outcome.failure));
        const isNamed = leaf === undefined || !("name" in leaf) || leaf.name === effect.name;
        if (!isNamed) this.#differs(`${effect.path} is ${effect.kind} ${effect.name}`);
        const settled = direct.settle(effect.path, ending);
        if (settled === "unknown") this.#differs(`nobody waited at ${effect.path}`);
      }
    }
  }

  #write(effect: Write, path: Path): unknown {
    this.#asked.add(path);
    const cell = this.#variables.get(effect.name);
    const own = ownOf(effect, cell);
    const record = this.#run.writes.get(path);
    const isAt = record?.kind === effect.kind && record.name === effect.name;
    const isHere = isAt && record.cursor === this.#at?.position;
    if (!isHere && !(record === undefined && this.#isCut)) {
      this.#differs(`${path} is ${effect.kind} ${effect.name}, recorded ${inWords(record)}`);
    }
    const recorded = record === undefined ? own : codec.decode(record.value);
    const isOfBody =
      effect.kind === "variable" || (effect.kind === "set" && effect.gives === "value");
    if (isOfBody && codec.hash(own) !== codec.hash(recorded)) {
      this.#differs(`${path} holds ${String(recorded)}, not ${String(own)}`);
    }
    if (effect.kind === "checkpoint") return recorded;
    const known = cell ?? { value: recorded };
    known.value = recorded;
    this.#variables.set(effect.name, known);
    if (effect.kind === "variable") return variableHandle(effect.name, () => known.value);
    return effect.gives === "value" ? recorded : undefined;
  }

  /** The run was ended from outside, in the middle of this stretch. */
  get #isCut(): boolean {
    return this.#wasCut && (this.#at?.position ?? 0) > this.#run.through;
  }

  #answer(effect: FromRun): unknown {
    const { id: own, originId: id = own, workflowId, name, version, startedAtMs } = this.#run;
    switch (effect.kind) {
      case "now":
        return new Date(this.#at?.atMs ?? 0);
      case "info":
        return { workflowId, runId: id, name, version, startedAt: new Date(startedAtMs) };
      case "random": {
        const [high, low] = this.#draw();
        return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
      }
      default: {
        const [a, b, c, d] = this.#draw();
        const words = [a, (b & 0xffff0fff) | 0x4000, (c & 0x3fffffff) | 0x80000000, d];
        const hex = words.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
        return [0, 8, 12, 16, 20].map((at, i, all) => hex.slice(at, all[i + 1])).join("-");
      }
    }
  }

  /** Seeded by the run, counted by itself (SEMANTICS 6). */
  #draw(): readonly [number, number, number, number] {
    const { id: own, originId: id = own, workflowId, startedAtMs } = this.#run;
    const seed = new Hash128().text(id).text(workflowId).number(startedAtMs).hex();
    return new Hash128()
      .text(seed)
      .number(this.#draws++)
      .words();
  }

  #lookForUnasked(): void {
    for (const { kind, path } of this.#run.writes.values()) {
      if (kind !== "patched" && !this.#asked.has(path)) this.#differs(`nobody wrote ${path}`);
    }
  }

  #differs(what: string): void {
    this.#trouble ??= what;
  }
}

function ownOf(effect: Write, cell: { readonly value: unknown } | undefined): unknown {
  if (effect.kind === "checkpoint") return effect.value;
  if (effect.kind === "set") return effect.next(cell?.value);
  return cell === undefined ? effect.initial : cell.value;
}

const inWords = (record: { readonly kind: string; readonly name: string } | undefined): string =>
  record === undefined ? "nothing" : `${record.kind} ${record.name}`;
