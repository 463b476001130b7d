import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../../src/errors.ts";
import { createValueCodec } from "../../../src/workflow/values/codec.ts";
import { HOSTILE_PAYLOADS } from "./hostile-payloads.ts";

/**
 * Each payload is a value, or refused by a typed error. How long it may take is a figure of
 * `npm run bench -- hostile`; what takes for ever is ended by the limit of the suite, and named.
 */
const test = suite("values: hostile payloads", { limitMs: 20_000 });

const codec = createValueCodec();

test("there are forty at least", () => {
  assert.ok(Object.keys(HOSTILE_PAYLOADS).length >= 40);
});

for (const [name, make] of Object.entries(HOSTILE_PAYLOADS)) {
  test(`${name}: a value or a typed refusal, and no prototype is changed`, () => {
    try {
      codec.decode(make());
    } catch (error) {
      assert.instance(error, RaftoralError);
      assert.is(error instanceof RaftoralError && error.code, "malformed");
    }
    assert.is(Reflect.get({}, "isAdmin"), undefined);
    assert.is(Object.getPrototypeOf({}), Object.prototype);
  });
}

test.run();
