// The byte forms of what clients ask members, and of the answers. One line a call in `CALLS`.

import { type ErrorCode, RaftoralError } from "../errors.ts";
import { ByteReader, ByteWriter, MalformedError } from "../std/bytes.ts";

/** What this build speaks. */
export const API_FORMAT = 1;

interface FieldTypes {
  readonly text: string;
  readonly uint: number;
  readonly bool: boolean;
  readonly bytes: Uint8Array;
}
type Shape = Readonly<Record<string, keyof FieldTypes>>;

/** By their place on the wire: only ever appended to. An empty text stands for "not given". */
const CALLS = {
  hello: {},
  start: {
    workflowId: "text",
    name: "text",
    version: "uint",
    input: "bytes",
    inputHash: "text",
    /** JSON; "" for none. */
    terms: "text",
  },
  /** Answered with `not-yet` after `limitMs`. */
  wait: { workflowId: "text", limitMs: "uint" },
  describe: { workflowId: "text", stale: "bool" },
  variable: { workflowId: "text", name: "text", stale: "bool" },
  list: {
    status: "text",
    name: "text",
    /** 0 for any. */
    version: "uint",
    /** JSON; "" for none. */
    tags: "text",
    idPrefix: "text",
    limit: "uint",
    cursor: "text",
    stale: "bool",
  },
  terminate: { workflowId: "text", reason: "text" },
  resume: { workflowId: "text" },
  status: {},
  remove: { name: "text" },
  transfer: { to: "text" },
  rebalance: {},
  signal: { workflowId: "text", id: "text", name: "text", value: "bytes" },
  cancel: { workflowId: "text", id: "text", reason: "text" },
  versions: { stale: "bool" },
  history: { id: "text", from: "uint", redact: "bool", stale: "bool" },
  /** Answered with `not-yet` after `limitMs`. */
  change: { workflowId: "text", after: "text", limitMs: "uint" },
  reset: { workflowId: "text", to: "text", id: "text" },
} as const;

export type CallKind = keyof typeof CALLS;
type FieldsOf<S extends Shape> = { readonly [F in keyof S]: FieldTypes[S[F]] };
export type CallOf<K extends CallKind> = { readonly kind: K } & FieldsOf<(typeof CALLS)[K]>;
export type Call = { readonly [K in CallKind]: CallOf<K> }[CallKind];

/** One for each call: `With` is what they work on. */
export type CallHandlers<With> = {
  readonly [K in CallKind]: (call: CallOf<K>, parts: With) => Promise<Answer>;
};

/** Hands the call to the handler of its kind. */
export function handle<With>(
  handlers: CallHandlers<With>,
  call: Call,
  parts: With,
): Promise<Answer> {
  const handler = handlers[call.kind] as (call: Call, parts: With) => Promise<Answer>;
  return handler(call, parts);
}

const KINDS = Object.keys(CALLS satisfies Readonly<Record<string, Shape>>) as readonly CallKind[];

export interface CallFrame {
  /** "" before the client knows it. */
  readonly clusterUuid: string;
  readonly call: Call;
}

export type Answer =
  /** `json` is data for people and programs, `bytes` a user's value or a form of its own. */
  | { readonly kind: "done"; readonly json?: unknown; readonly bytes?: Uint8Array }
  | { readonly kind: "not-yet" }
  | { readonly kind: "failed"; readonly error: RaftoralError };

export interface AnswerFrame {
  readonly clusterUuid: string;
  readonly answer: Answer;
}

export function encodeCall({ clusterUuid, call }: CallFrame): Uint8Array {
  const writer = new ByteWriter().u8(API_FORMAT).text(clusterUuid).u8(KINDS.indexOf(call.kind));
  const fields = call as unknown as Readonly<Record<string, unknown>>;
  for (const [name, type] of Object.entries(CALLS[call.kind])) {
    writeField(writer, type, fields[name]);
  }
  return writer.finish();
}

/** @throws MalformedError; RaftoralError `version-mismatch`. */
export function decodeCall(bytes: Uint8Array): CallFrame {
  const reader = open(bytes);
  const clusterUuid = reader.text();
  const kind = KINDS[reader.u8()];
  if (kind === undefined) throw otherVersion("a call that this member does not know");
  const call: Record<string, unknown> = { kind };
  for (const [name, type] of Object.entries(CALLS[kind])) call[name] = readField(reader, type);
  reader.end();
  return { clusterUuid, call: call as unknown as Call };
}

function writeField(writer: ByteWriter, type: keyof FieldTypes, value: unknown): void {
  switch (type) {
    case "text":
      writer.text(value as string);
      break;
    case "uint":
      writer.uint(value as number);
      break;
    case "bool":
      writer.bool(value as boolean);
      break;
    case "bytes":
      writer.bytes(value as Uint8Array);
      break;
  }
}

function readField(
  reader: ByteReader,
  type: keyof FieldTypes,
): string | number | boolean | Uint8Array {
  switch (type) {
    case "text":
      return reader.text();
    case "uint":
      return reader.uint();
    case "bool":
      return reader.bool();
    case "bytes":
      return reader.bytes();
  }
}

const DONE = 0;
const NOT_YET = 1;
const FAILED = 2;

export function encodeAnswer({ clusterUuid, answer }: AnswerFrame): Uint8Array {
  const writer = new ByteWriter().u8(API_FORMAT).text(clusterUuid);
  switch (answer.kind) {
    case "done":
      writer.u8(DONE).text(answer.json === undefined ? "" : JSON.stringify(answer.json));
      writer.bool(answer.bytes !== undefined);
      if (answer.bytes !== undefined) writer.bytes(answer.bytes);
      break;
    case "not-yet":
      writer.u8(NOT_YET);
      break;
    case "failed": {
      const { code, message, retryable } = answer.error;
      writer.u8(FAILED).text(code).text(message).bool(retryable);
      break;
    }
  }
  return writer.finish();
}

/** @throws MalformedError; RaftoralError `version-mismatch`. */
export function decodeAnswer(bytes: Uint8Array): AnswerFrame {
  const reader = open(bytes);
  const clusterUuid = reader.text();
  const answer = readAnswer(reader);
  reader.end();
  return { clusterUuid, answer };
}

function readAnswer(reader: ByteReader): Answer {
  const kind = reader.u8();
  if (kind === NOT_YET) return { kind: "not-yet" };
  if (kind === FAILED) {
    const code = reader.text() as ErrorCode;
    const message = reader.text();
    return {
      kind: "failed",
      error: new RaftoralError(code, message, { retryable: reader.bool() }),
    };
  }
  if (kind !== DONE) throw new MalformedError(`unknown kind of answer ${kind}`);
  const json = reader.text();
  const hasBytes = reader.bool();
  return {
    kind: "done",
    ...(json === "" ? {} : { json: parsed(json) }),
    ...(hasBytes ? { bytes: reader.bytes() } : {}),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new MalformedError("not JSON", { cause });
  }
}

function open(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== API_FORMAT) throw otherVersion(`format ${format}, known is ${API_FORMAT}`);
  return reader;
}

const otherVersion = (what: string): RaftoralError =>
  new RaftoralError(
    "version-mismatch",
    `client and cluster are of versions that do not fit (${what}): bring the older one up to date`,
  );
