import { suite } from "uvu";
import * as assert from "uvu/assert";
import { all, race } from "../../../src/workflow/dsl/combinators.ts";
import { sleep } from "../../../src/workflow/dsl/sleep.ts";
import { compute } from "../../../src/workflow/dsl/step.ts";
import { bodyOf, FUEL, History } from "./history.ts";

const test = suite("interpreter: where branches stand");

test("a body's waits are a tree: branches in their order, the done ones without a wait", () => {
  const history = new History();
  const body = bodyOf(function* () {
    yield* compute("first", () => 1);
    return yield* race({
      both: all([sleep(1), function* () {}]),
      late: sleep(9),
    });
  }, history);
  assert.is(body.waits, undefined);
  body.advance("owner", FUEL);
  assert.equal(body.waits, { kind: "leaf", path: "0" });
  const [first] = body.barriers.values();
  assert.ok(first);
  history.outcome(first.effect, 1);
  body.advance("owner", FUEL);
  assert.equal(body.waits, {
    kind: "group",
    combine: "race",
    path: "1",
    branches: [
      {
        label: "both",
        isDone: false,
        waits: {
          kind: "group",
          combine: "all",
          path: "1.both.0",
          branches: [
            { label: "0", isDone: false, waits: { kind: "leaf", path: "1.both.0.0.0" } },
            { label: "1", isDone: true, waits: undefined },
          ],
        },
      },
      { label: "late", isDone: false, waits: { kind: "leaf", path: "1.late.0" } },
    ],
  });
  const late = [...body.barriers.values()].at(-1);
  assert.ok(late);
  history.outcome(late.effect);
  assert.is(body.advance("owner", FUEL).kind, "finished");
  assert.is(body.waits, undefined);
});

test.run();
