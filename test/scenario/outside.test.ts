import {
  checkpoint,
  compute,
  connect,
  memoryNetwork,
  RaftoralError,
  receive,
  signal,
  sleep,
  startNode,
  variable,
  workflow,
} from "raftoral";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readHistory } from "../../src/workflow/history/read-history-codec.ts";
import { Body } from "../../src/workflow/interpreter/body.ts";
import { createValueCodec } from "../../src/workflow/values/codec.ts";

/** What stands around a run: from a member and from a process that is none. */
const test = suite("scenario: runs from outside");

const go = signal<number>("go");

const busy = workflow({
  name: "busy",
  run: function* (input: { readonly from: number }) {
    const at = yield* variable("at", input.from);
    for (let i = 0; i < 3; i++) yield* checkpoint("mark", new Date(i));
    yield* sleep("1ms");
    const got = yield* compute("get", () => input.from * 2);
    yield* at.set(got);
    return (yield* receive(go)) + got;
  },
});

const linesOf = async (lines: AsyncIterable<string>): Promise<readonly string[]> => {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
};

test("a history is the same from member and client, and replays to the run's outcome", async () => {
  const network = memoryNetwork();
  const options = { network, logLevel: "silent" } as const;
  const node = await startNode({ workflows: [busy], boot: "bootstrap", ...options });
  const client = await connect(options);
  const run = await client.start(busy, { from: 4 }, { id: "one" });
  await run.signal(go, 100);
  assert.is(await run.result(), 108);

  const lines = await linesOf(run.history());
  assert.equal(lines, await linesOf(node.get(busy, "one").history()));
  const { journal } = readHistory(lines);
  const codec = createValueCodec();
  const body = new Body({ run: (input) => busy.run(input as never), journal, codec });
  const advance = body.advance("replay", 1_000);
  assert.is(advance.kind, "finished");
  assert.equal(advance, { kind: "finished", outcome: { ok: true, value: codec.encode(108) } });
  const missing = await linesOf(node.get(busy, "two").history()).catch((error) => error);
  assert.ok(missing instanceof RaftoralError && missing.code === "workflow-not-found");
  await client.close();
  await node.stop();
});

test.run();
