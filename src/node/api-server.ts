// Answers clients: a member's gateway and admin behind the bytes of `client/api-codec.ts`.

import type { Admin } from "../client/admin.ts";
import {
  type Answer,
  type CallHandlers,
  type CallOf,
  decodeCall,
  encodeAnswer,
  handle,
} from "../client/api-codec.ts";
import type { Gateway, ListFilter } from "../client/gateway.ts";
import { encodeRunEnd } from "../client/run-end-codec.ts";
import { readTags, readTerms } from "../client/view-codec.ts";
import { RaftoralError } from "../errors.ts";
import { MalformedError } from "../std/bytes.ts";
import { runStatusKind } from "./describe.ts";

export interface ApiParts {
  readonly clusterUuid: string;
  /** What clients must have alike. */
  readonly valueTerms: string;
  readonly gateway: Gateway;
  readonly admin: Admin;
}

/** What a client may ask a member to hold a wait for. */
const WAIT_LIMIT_MAX_MS = 30_000;

const done = (more: { readonly json?: unknown; readonly bytes?: Uint8Array } = {}): Answer => ({
  kind: "done",
  ...more,
});

const HANDLERS: CallHandlers<ApiParts> = {
  hello: async (_call, { valueTerms }) => done({ json: { valueTerms } }),
  start: async ({ kind: _, terms: text, ...request }, { gateway }) => {
    const terms = text === "" ? {} : { terms: readTerms(jsonOf(text)) };
    // Views of the message: what is proposed outlives it.
    await gateway.start({ ...request, ...terms, input: request.input.slice() });
    return done();
  },
  wait,
  change: async ({ workflowId, after, limitMs }, { gateway }) => {
    const timeoutMs = Math.min(limitMs, WAIT_LIMIT_MAX_MS);
    const json = await gateway.change(workflowId, { after, timeoutMs });
    return json === undefined ? { kind: "not-yet" } : done({ json });
  },
  describe: async ({ workflowId, stale }, { gateway }) => {
    const json = await gateway.describe(workflowId, { stale });
    return done(json === undefined ? {} : { json });
  },
  variable: async ({ workflowId, name, stale }, { gateway }) => {
    const bytes = await gateway.variable(workflowId, name, { stale });
    return done(bytes === undefined ? {} : { bytes });
  },
  list: async (call, { gateway }) => done({ json: await gateway.list(filterOf(call)) }),
  versions: async ({ stale }, { gateway }) => done({ json: await gateway.versions({ stale }) }),
  history: async ({ kind: _, id, ...request }, { gateway }) =>
    done({ json: await gateway.history(id, request) }),
  terminate: async ({ workflowId, reason }, { gateway }) => {
    await gateway.terminate(workflowId, reason);
    return done();
  },
  signal: async ({ kind: _, ...request }, { gateway }) => {
    await gateway.signal({ ...request, value: request.value.slice() });
    return done();
  },
  cancel: async ({ kind: _, ...request }, { gateway }) => {
    await gateway.cancel(request);
    return done();
  },
  resume: async ({ workflowId }, { gateway }) => {
    await gateway.resume(workflowId);
    return done();
  },
  reset: async ({ kind: _, ...request }, { gateway }) => {
    await gateway.reset(request);
    return done();
  },
  status: async (_call, { admin }) => done({ json: await admin.status() }),
  remove: async ({ name }, { admin }) => {
    await admin.remove(name);
    return done();
  },
  transfer: async ({ to }, { admin }) => {
    await admin.transfer(to);
    return done();
  },
  rebalance: async (_call, { admin }) => done({ json: await admin.rebalance() }),
};

async function wait(
  { workflowId, limitMs }: CallOf<"wait">,
  { gateway }: ApiParts,
): Promise<Answer> {
  const timeoutMs = Math.min(limitMs, WAIT_LIMIT_MAX_MS);
  try {
    return done({ bytes: encodeRunEnd(await gateway.waitForEnd(workflowId, { timeoutMs })) });
  } catch (error) {
    if (error instanceof RaftoralError && error.code === "timed-out") return { kind: "not-yet" };
    throw error;
  }
}

function filterOf(call: CallOf<"list">): ListFilter {
  const { status, name, version, tags, idPrefix, limit, cursor, stale } = call;
  return {
    ...(status === "" ? {} : { status: runStatusKind(status) }),
    ...(name === "" ? {} : { name }),
    ...(version === 0 ? {} : { version }),
    ...(tags === "" ? {} : { tags: readTags(jsonOf(tags)) }),
    ...(idPrefix === "" ? {} : { idPrefix }),
    ...(limit === 0 ? {} : { limit }),
    ...(cursor === "" ? {} : { cursor }),
    stale,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MalformedError("not JSON", { cause });
  }
}

export async function answerClient(body: Uint8Array, parts: ApiParts): Promise<Uint8Array> {
  const answer = await answered(body, parts);
  return encodeAnswer({ clusterUuid: parts.clusterUuid, answer });
}

async function answered(body: Uint8Array, parts: ApiParts): Promise<Answer> {
  try {
    const { call, clusterUuid } = decodeCall(body);
    if (clusterUuid !== "" && clusterUuid !== parts.clusterUuid) {
      const message = "the client knows another cluster of this name: connect anew";
      return { kind: "failed", error: new RaftoralError("wrong-cluster", message) };
    }
    return await handle(HANDLERS, call, parts);
  } catch (error) {
    if (error instanceof RaftoralError) return { kind: "failed", error };
    if (!(error instanceof MalformedError)) throw error;
    return { kind: "failed", error: new RaftoralError("malformed", error.message) };
  }
}
