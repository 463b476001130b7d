// The byte form of topology commands, kept by the log for ever. Its leading byte is none of the
// workflow machine's formats, so one log can carry both without a tag of its own.

import { ByteReader, ByteWriter, MalformedError } from "../../std/bytes.ts";
import { nodeId } from "../../std/ids.ts";
import type { TopologyCommand } from "./command.ts";

const FORMAT = 0x81;

const FOUND = 0;
const ADMIT = 1;
const REMOVE = 2;

export function encodeTopologyCommand(command: TopologyCommand): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT);
  switch (command.kind) {
    case "found":
      writer.u8(FOUND).text(command.clusterUuid).text(command.name).text(command.nonce);
      break;
    case "admit":
      writer.u8(ADMIT).text(command.name).text(command.nonce);
      break;
    case "remove":
      writer.u8(REMOVE).uint(command.node);
      break;
  }
  return writer.finish();
}

/** @throws MalformedError */
export function decodeTopologyCommand(bytes: Uint8Array): TopologyCommand {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== FORMAT) throw new MalformedError(`topology format ${format}, known is ${FORMAT}`);
  const command = readBody(reader);
  reader.end();
  return command;
}

function readBody(reader: ByteReader): TopologyCommand {
  const kind = reader.u8();
  switch (kind) {
    case FOUND:
      return {
        kind: "found",
        clusterUuid: reader.text(),
        name: reader.text(),
        nonce: reader.text(),
      };
    case ADMIT:
      return { kind: "admit", name: reader.text(), nonce: reader.text() };
    case REMOVE:
      return { kind: "remove", node: nodeId(reader.uint()) };
    default:
      throw new MalformedError(`unknown topology command ${kind}`);
  }
}
