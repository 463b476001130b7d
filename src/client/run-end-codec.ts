// The byte form of a run's end, for clients.

import { ByteWriter, MalformedError } from "../std/bytes.ts";
import { readFailure, writeFailure } from "../workflow/machine/record-codec.ts";
import { FrameReader } from "../workflow/machine/wire.ts";
import type { RunEnd } from "./gateway.ts";

const KINDS: readonly RunEnd["kind"][] = [
  "completed",
  "failed",
  "terminated",
  "cancelled",
  "timed-out",
];

export function encodeRunEnd(end: RunEnd): Uint8Array {
  const writer = new ByteWriter().u8(KINDS.indexOf(end.kind));
  switch (end.kind) {
    case "completed":
      writer.bytes(end.value);
      break;
    case "failed":
      writeFailure(writer, end.failure);
      break;
    case "terminated":
    case "cancelled":
      writer.text(end.reason);
      break;
    case "timed-out":
      break;
  }
  return writer.finish();
}

/** @throws MalformedError */
export function decodeRunEnd(bytes: Uint8Array): RunEnd {
  const reader = new FrameReader(bytes);
  const number = reader.u8();
  const end = readEnd(reader, KINDS[number]);
  reader.end();
  return end;
}

function readEnd(reader: FrameReader, kind: RunEnd["kind"] | undefined): RunEnd {
  switch (kind) {
    case "completed":
      return { kind, value: reader.value() };
    case "failed":
      return { kind, failure: readFailure(reader) };
    case "terminated":
    case "cancelled":
      return { kind, reason: reader.text() };
    case "timed-out":
      return { kind };
    default:
      throw new MalformedError("unknown kind of end");
  }
}
