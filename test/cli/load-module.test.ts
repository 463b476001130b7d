import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadModule, loadValues } from "../../src/cli/load-module.ts";
import { startNode } from "../../src/index.ts";

const test = suite("cli: modules");

const MODULE = "test/fixtures/cli/odd-values.ts";

test("an unusable codec reaches who refuses it: values never go unsealed", async () => {
  const { codec, types } = await loadValues(MODULE);
  assert.is(typeof codec, "object");
  assert.is(typeof types, "object");
  const loaded = await loadModule(MODULE);
  const refused = await startNode(loaded).then(
    (node) => node.stop(),
    (error: unknown) => String(error),
  );
  assert.match(String(refused), /name of a codec/);
});

test("a module of values that has none is refused by name", async () => {
  const said = await loadValues("test/fixtures/cli/workflows.ts").catch((error) => String(error));
  assert.match(String(said), /workflows\.ts exports neither codec nor types/);
});

test.run();
