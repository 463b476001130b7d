// A history's lines as the journal that they were written from: what a replay reads. Total: what is
// no history, or of another format, is refused by a RaftoralError.

import { index, type Path, type Position, path, position, runId } from "../../std/ids.ts";
import type { EffectIdentity, Input, WriteRecord } from "../dsl/record.ts";
import type { Journal } from "../interpreter/journal.ts";
import type { RunStatus } from "../machine/state.ts";
import { HISTORY_FORMAT } from "./history.ts";
import { type Fields, fieldsOf, malformed, readFailureForm, readValueForm } from "./value-form.ts";

export interface ReadHistory {
  readonly journal: Journal;
  /** The version of the library that wrote it. */
  readonly engine: string;
  readonly status: RunStatus["kind"];
}

const WRITES: readonly unknown[] = ["checkpoint", "variable", "set", "patched"];

/** Of a run that was reset. */
const originOf = (head: Fields): Pick<Journal, "originId"> =>
  head["originId"] === undefined ? {} : { originId: runId(textOf(head, "originId")) };

/**
 * From the text of a whole history, or its lines.
 * @throws RaftoralError `malformed`: no history, another format, or one whose values were left out.
 */
export function readHistory(text: string | readonly string[]): ReadHistory {
  const lines = typeof text === "string" ? text.split("\n") : text;
  const [head, ...rest] = lines.filter((line) => line.trim() !== "").map(parsed);
  if (head?.["kind"] !== "history") throw malformed("its first line is no header");
  if (head["format"] !== HISTORY_FORMAT) {
    throw malformed(`it has format ${String(head["format"])}, known is ${HISTORY_FORMAT}`);
  }
  if (head["scheduling"] !== 1) throw malformed("its scheduling is not known");
  const inputs: Input[] = [];
  const writes = new Map<Path, WriteRecord>();
  const writesByCursor = new Map<Position, number>();
  for (const record of rest) {
    if (WRITES.includes(record["kind"])) {
      const write = readWrite(record);
      writes.set(write.path, write);
      if (write.kind === "patched") continue;
      writesByCursor.set(write.cursor, (writesByCursor.get(write.cursor) ?? 0) + 1);
    } else if (record["kind"] !== "attempts" && record["kind"] !== "end") {
      inputs.push(readInput(record));
    }
  }
  const { epochMarks } = head;
  if (!Array.isArray(epochMarks)) throw malformed("its header lacks epochMarks");
  return {
    engine: textOf(head, "engine"),
    status: textOf(head, "status") as RunStatus["kind"],
    journal: {
      id: runId(textOf(head, "runId")),
      ...originOf(head),
      workflowId: textOf(head, "workflowId"),
      name: textOf(head, "name"),
      version: numberOf(head, "version"),
      input: readValueForm(head["input"]),
      startedAtMs: numberOf(head, "startedAtMs"),
      scheduling: 1,
      through: position(numberOf(head, "through")),
      epochMarks: epochMarks.map((mark) => position(Number(mark))),
      inputs,
      writes,
      writesByCursor,
    },
  };
}

function parsed(line: string): Fields {
  try {
    return fieldsOf(JSON.parse(line));
  } catch {
    throw malformed(`no JSON object in the line ${line.slice(0, 40)}`);
  }
}

function readWrite(record: Fields): WriteRecord {
  return {
    kind: textOf(record, "kind") as WriteRecord["kind"],
    path: path(textOf(record, "path")),
    name: textOf(record, "name"),
    value: readValueForm(record["value"]),
    cursor: position(numberOf(record, "cursor")),
    position: position(numberOf(record, "position")),
  };
}

function readInput(record: Fields): Input {
  const stamp = {
    position: position(numberOf(record, "position")),
    index: index(numberOf(record, "index")),
    atMs: numberOf(record, "atMs"),
  };
  const { kind } = record;
  switch (kind) {
    case "start":
      return { ...stamp, kind };
    case "cancel":
      return { ...stamp, kind, reason: textOf(record, "reason") };
    case "signal": {
      const [id, name] = [textOf(record, "id"), textOf(record, "name")];
      return { ...stamp, kind, id, name, value: readValueForm(record["value"]) };
    }
    case "outcome": {
      const effect: EffectIdentity = {
        kind: textOf(record, "effect") as EffectIdentity["kind"],
        path: path(textOf(record, "path")),
        name: textOf(record, "name"),
        inputHash: textOf(record, "inputHash"),
      };
      const outcome =
        "failure" in record
          ? ({ ok: false, failure: readFailureForm(record["failure"]) } as const)
          : ({ ok: true, value: readValueForm(record["value"]) } as const);
      return { ...stamp, kind, effect, outcome };
    }
    default:
      throw malformed(`a record of unknown kind ${String(kind)}`);
  }
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === "string") return value;
  throw malformed(`a line lacks ${name}`);
}

function numberOf(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === "number") return value;
  throw malformed(`a line lacks ${name}`);
}
