import { index, path, position, runId } from "../../src/std/ids.ts";
import { now } from "../../src/workflow/dsl/derived.ts";
import type { Gen } from "../../src/workflow/dsl/effect.ts";
import type { Input, WriteRecord } from "../../src/workflow/dsl/record.ts";
import { compute } from "../../src/workflow/dsl/step.ts";
import type { ValueCodec } from "../../src/workflow/dsl/value-codec.ts";
import { checkpoint } from "../../src/workflow/dsl/write-behind.ts";
import { Body, type Role } from "../../src/workflow/interpreter/body.ts";
import type { Journal } from "../../src/workflow/interpreter/journal.ts";
import { emptyGeneratorNs } from "./floors.ts";
import { type Bench, nanosecondsPerTurn, withFloor } from "./harness.ts";

// What the interpreter adds to an effect, beyond the codec: the codec here gives ready bytes.

const EFFECTS = 2_000;
const BUDGET_NS = 1_000;
const bytes = new Uint8Array([1, 48]);

const codec: ValueCodec = {
  encode: () => bytes,
  decode: () => 0,
  pack: () => bytes,
  unpack: () => 0,
  seal: (packed) => packed,
  open: (value) => value,
  hash: () => "",
  packError: () => ({ name: "Error", message: "" }),
  sealError: (failure) => failure,
  encodeError: () => ({ name: "Error", message: "" }),
  decodeError: () => new Error(),
};

function journal(inputs: readonly Input[], writes: readonly WriteRecord[]): Journal {
  const through = inputs.at(-1)?.position ?? position(0);
  return {
    id: runId("g1-1-0"),
    workflowId: "order-1",
    name: "order",
    version: 1,
    input: bytes,
    startedAtMs: 0,
    scheduling: 1,
    through: writes.length > 0 ? through : position(-1),
    inputs,
    writes: new Map(writes.map((write) => [write.path, write])),
    writesByCursor: new Map([[position(0), writes.length]]),
    epochMarks: [],
  };
}

const started: Input = { kind: "start", position: position(0), index: index(1), atMs: 0 };

const writes: readonly WriteRecord[] = Array.from({ length: EFFECTS }, (_, i) => ({
  path: path(`${i}`),
  kind: "checkpoint",
  name: "progress",
  value: bytes,
  cursor: position(0),
  position: position(i + 1),
}));

const outcomes: readonly Input[] = Array.from({ length: EFFECTS }, (_, i) => ({
  kind: "outcome",
  position: position(i + 1),
  index: index(i + 2),
  atMs: 0,
  effect: { path: path(`${i}`), kind: "compute", name: "charge", inputHash: "" },
  outcome: { ok: true, value: bytes },
}));

function* repeated(effect: () => Gen<unknown>): Gen<void> {
  for (let i = 0; i < EFFECTS; i++) yield* effect();
}

function measure(history: Journal, role: Role, effect: () => Gen<unknown>): number {
  return nanosecondsPerTurn(EFFECTS, () => {
    const body = new Body({ run: () => repeated(effect), journal: history, codec });
    if (body.advance(role, Number.POSITIVE_INFINITY).kind !== "finished") {
      throw new Error("the body did not come to its end");
    }
    body.takeWrites();
  });
}

export const bench: Bench = {
  name: "interpreter",
  run(report) {
    const floor = emptyGeneratorNs();
    const say = (name: string, value: number): void =>
      report(
        withFloor({ name: `interpreter: ${name}`, unit: "ns", value, budget: BUDGET_NS }, floor),
      );
    say("checkpoint, owner", measure(journal([started], []), "owner", save));
    say("checkpoint, replayed", measure(journal([started], writes), "replay", save));
    say("compute, result fed", measure(journal([started, ...outcomes], []), "replay", charge));
    say("now", measure(journal([started], []), "owner", look));
  },
};

function* save(): Gen<unknown> {
  return yield* checkpoint("progress", 0);
}

function* charge(): Gen<unknown> {
  return yield* compute("charge", () => 0);
}

function* look(): Gen<unknown> {
  return yield* now();
}
