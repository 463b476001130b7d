import { connect } from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeAnswer } from "../../src/client/api-codec.ts";
import { realPorts } from "../../src/node/ports.ts";
import { createMemoryNetwork } from "../../src/transport/memory.ts";
import { valueTerms } from "../../src/workflow/values/terms.ts";
import { codeOf } from "../fixtures/code-of.ts";

/** What a client makes of the members' greeting. */
const test = suite("node: a client that connects");

/** The code that `connect` ends with, where the members greet so. */
async function greeted(json: unknown): Promise<string> {
  const network = createMemoryNetwork({ timers: realPorts().timers });
  network.join("a").listen({
    onMessage: () => {},
    onUndelivered: () => {},
    onRequest: () => Promise.reject(new Error("no way in")),
    onCall: async () => encodeAnswer({ clusterUuid: "c", answer: { kind: "done", json } }),
  });
  return codeOf(async () => (await connect({ network })).close());
}

test("members that do not say which values they have are of another build", async () => {
  assert.is(await greeted({ valueTerms: valueTerms({}) }), "nothing was thrown");
  assert.is(await greeted({ valueTerms: "codec rot13; types none" }), "values-mismatch");
  for (const json of [{}, [], "hello", 1, { valueTerms: 1 }]) {
    assert.is(await greeted(json), "version-mismatch", JSON.stringify(json));
  }
});

test.run();
