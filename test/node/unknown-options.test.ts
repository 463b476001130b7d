import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../src/errors.ts";
import { connect } from "../../src/node/connect.ts";
import { startNode } from "../../src/node/start-node.ts";
import type { CallOptions } from "../../src/workflow/dsl/call.ts";
import { child } from "../../src/workflow/dsl/child.ts";
import { map } from "../../src/workflow/dsl/combinators.ts";
import { workflow } from "../../src/workflow/dsl/define.ts";
import { receive, signal } from "../../src/workflow/dsl/signal.ts";
import { step } from "../../src/workflow/dsl/step.ts";

const test = suite("node: options that nobody reads");

/** What plain JavaScript can write. */
const untyped = <T>(value: unknown): T => value as T;

const hello = workflow({
  name: "hello",
  run: function* (name: string) {
    return `hello ${name}`;
  },
});

const refuses = (option: string) => (error: unknown) =>
  error instanceof RaftoralError &&
  error.code === "invalid-argument" &&
  error.message.includes(`has no option "${option}"; it has `);

async function isRefused(option: string, act: () => unknown): Promise<void> {
  try {
    await act();
  } catch (error) {
    assert.ok(refuses(option)(error), `${option}: ${error}`);
    return;
  }
  assert.unreachable(`${option} was taken in silence`);
}

test("a slip in an option's name is refused, not left out", async () => {
  await isRefused("datadir", () => startNode(untyped({ workflows: [hello], datadir: "data" })));
  await isRefused("server", () => startNode(untyped({ workflows: [hello], nats: { server: "" } })));
  await isRefused("clutser", () => connect(untyped({ clutser: "orders" })));
  await isRefused("timeuot", () => receive(signal("s"), untyped({ timeuot: 1 })));
  await isRefused("parentclose", () => child(hello, "a", untyped({ parentclose: "cancel" })));
  await isRefused("concurency", () =>
    map(
      [],
      untyped(() => {}),
      untyped({ concurency: 2 }),
    ),
  );
  await isRefused("retries", () => step("s", () => 1, untyped<CallOptions>({ retries: 3 })));
  await isRefused("atempts", () =>
    step("s", () => 1, untyped<CallOptions>({ retry: { atempts: 3 } })),
  );
  await isRefused("versoin", () => workflow(untyped<typeof hello>({ ...hello, versoin: 2 })));
  const node = await startNode({ workflows: [hello] });
  try {
    await isRefused("ID", () => node.start(hello, "a", untyped({ ID: "a" })));
    await isRefused("filter", () => node.list(untyped({ filter: "a" })));
    const run = await node.start(hello, "a");
    await isRefused("timeoutMs", () => run.result(untyped({ timeoutMs: 1 })));
    assert.is(await run.result(), "hello a");
  } finally {
    await node.stop();
  }
});

test("an option that is undefined is one that was left out", async () => {
  const node = await startNode(untyped({ workflows: [hello], name: undefined, other: undefined }));
  await node.stop();
});

test("what is started is a workflow, not its name", async () => {
  const node = await startNode({ workflows: [hello] });
  try {
    for (const slip of ["hello", undefined, {}, null]) {
      const started = node.start(untyped<typeof hello>(slip), "a").then(
        () => assert.unreachable("started"),
        (error: unknown) => error,
      );
      const error = await started;
      assert.ok(error instanceof RaftoralError && error.code === "invalid-argument", `${slip}`);
      assert.match(error.message, "its name does not do");
    }
  } finally {
    await node.stop();
  }
});

test("an async function is no workflow, and is told so where it is defined", () => {
  for (const run of [async () => 1, async function* () {}]) {
    assert.throws(
      () => workflow(untyped<typeof hello>({ name: "w", run })),
      (error: unknown) => error instanceof RaftoralError && /is async/.test(error.message),
    );
  }
});

test.run();
