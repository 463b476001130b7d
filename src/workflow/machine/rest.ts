// Where an owner's body came to rest, and what it waits for there (rule 20). The next owner then
// has its timers without rebuilding it, a run that sleeps is no suspect (21), and whoever asks is
// told.
//
// Waits are kept as text, a line each: as objects those of 100,000 sleeping runs take 50 MB.

import { type ByteWriter, MalformedError } from "../../std/bytes.ts";
import { type Path, type Position, path, position } from "../../std/ids.ts";
import type { LeafKind } from "../dsl/effect.ts";
import type { Run } from "./state.ts";
import type { FrameReader } from "./wire.ts";

/** A leaf that a branch is suspended at. */
export interface Wait {
  readonly kind: LeafKind;
  readonly path: Path;
  readonly name: string;
  /** The input after which it was asked for. */
  readonly since: Position;
  /** Log time when it is over by itself. */
  readonly dueMs: number | undefined;
}

/** What an owner says of a rest; its batch says of which. */
export interface RestSaid {
  /**
   * Nothing but what it says is waited for, and all of that is time or signals: until one comes no
   * generator is needed.
   */
  readonly isAsleep: boolean;
  readonly waits: string;
}

export interface Rest extends RestSaid {
  /** The last input that was fed. */
  readonly through: Position;
}

/** Leaves that a rest tells of; a run that waits for more says the first ones, and stays warm. */
export const WAITS_MAX = 64;

/** The place of a kind in this list is its digit: it only grows at its end. */
const KINDS: readonly LeafKind[] = ["compute", "step", "sleep", "receive", "child", "childEnd"];
const LINE = /^(\d)(\d+)([+-][\da-z]+)? (\S*) (\S*)$/;

/** The rest that the run is in, as far as the group was told; undefined: something came since. */
export function restOf({ rest, inputs, status }: Run): Rest | undefined {
  if (rest === undefined || status.kind !== "running") return;
  return inputs.at(-1)?.position === rest.through ? rest : undefined;
}

/** When the first of its timers is due. */
export function dueOf({ waits }: RestSaid): number | undefined {
  const dues = readWaits(waits).flatMap(({ dueMs }) => (dueMs === undefined ? [] : [dueMs]));
  return dues.length === 0 ? undefined : Math.min(...dues);
}

export const waitsText = (waits: readonly Wait[]): string => waits.map(lineOf).join("\n");

/** @throws MalformedError */
export const readWaits = (text: string): readonly Wait[] =>
  text === "" ? [] : text.split("\n").map(waitOf);

export const writeRest = (writer: ByteWriter, { isAsleep, waits }: RestSaid): ByteWriter =>
  writer.bool(isAsleep).text(waits);

/** @throws MalformedError */
export function readRest(reader: FrameReader): RestSaid {
  const said = { isAsleep: reader.bool(), waits: reader.text() };
  readWaits(said.waits);
  return said;
}

function lineOf({ kind, path: at, name, since, dueMs }: Wait): string {
  const due = dueMs === undefined ? "" : dueText(dueMs);
  return `${KINDS.indexOf(kind)}${since + 1}${due} ${escaped(at)} ${escaped(name)}`;
}

/** Late rather than early, and in whole milliseconds as everywhere in the log. */
function dueText(dueMs: number): string {
  const whole = Math.min(Math.ceil(dueMs), Number.MAX_SAFE_INTEGER);
  return whole < 0 ? whole.toString(36) : `+${whole.toString(36)}`;
}

function waitOf(line: string): Wait {
  const [, digit = "", after = "", due, at = "", name = ""] = LINE.exec(line) ?? [];
  const kind = KINDS[Number(digit)];
  if (digit === "" || kind === undefined) throw new MalformedError("a wait that cannot be read");
  return {
    kind,
    path: path(unescaped(at)),
    name: unescaped(name),
    since: position(Number(after) - 1),
    dueMs: due === undefined ? undefined : Number.parseInt(due, 36),
  };
}

/** Texts are the user's, and may hold anything. */
const escaped = (text: string): string =>
  text.replace(/[\s%]/g, (character) => `%${character.charCodeAt(0).toString(16)};`);

const unescaped = (text: string): string =>
  text.replace(/%([\da-f]+);/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
