import { replayHistories } from "raftoral/testing";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { shipOrder } from "./workflow.ts";

test("recorded orders replay with today's code", async () => {
  let known = 0;
  for await (const { kind, why } of replayHistories("examples/histories", [shipOrder])) {
    if (kind === "unknown") continue; // of other examples
    assert.is(kind, "ok", why);
    known++;
  }
  assert.ok(known > 0);
});

test.run();
