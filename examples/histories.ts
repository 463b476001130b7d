// npm run histories: writes a history of every example, of this version of the library, beside
// those of earlier versions. CI replays them all: a change that breaks running workflows is seen.

import { mkdirSync, writeFileSync } from "node:fs";
import {
  provide,
  provideCompute,
  provideWhen,
  TestEngine,
  type TestRun,
  waitingFor,
} from "raftoral/testing";
import { hello } from "./01-hello/workflow.ts";
import { processOrder } from "./02-order/workflow.ts";
import { approval, decision } from "./03-approval/workflow.ts";
import { bookTrip } from "./04-trip/workflow.ts";
import { album } from "./05-fan-out/workflow.ts";
import { region, report } from "./06-children/workflow.ts";
import { cancelled, subscription } from "./07-subscription/workflow.ts";
import { convert } from "./08-polling/workflow.ts";
import { charge, refund, shipOrder, approval as shipping } from "./testing/workflow.ts";

const engine = await TestEngine.create({
  workflows: [
    hello,
    processOrder,
    approval,
    bookTrip,
    album,
    region,
    report,
    subscription,
    convert,
    shipOrder,
  ],
  provide: [
    provideCompute("today", "2026-01-01"),
    // By its input, since other examples have a step of this name.
    provideWhen(charge, ({ cents }) => cents > 0, "receipt"),
    provide(refund, undefined),
  ],
  at: new Date("2026-01-01T00:00:00Z"),
});

function keep(name: string, run: TestRun<unknown>): void {
  const [header = "", ...lines] = run.history();
  const folder = new URL(`./histories/${JSON.parse(header).engine}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.jsonl`, folder), `${[header, ...lines].join("\n")}\n`);
}

/** Every run of a chain, from the one with this run id on. */
function keepChain(name: string, first: string): void {
  for (let runId = first, n = 1; runId !== undefined; n++) {
    const run = engine.get(subscription, runId);
    keep(`${name}-${n}`, run);
    runId = JSON.parse(run.history().at(-1) ?? "").runId;
  }
}

async function played(name: string, run: TestRun<unknown>): Promise<void> {
  await run.result().catch(() => undefined);
  keep(name, run);
}

const order = { id: "7", lines: [{ sku: "chair", quantity: 4 }] };
const tooMany = { id: "8", lines: [{ sku: "chair", quantity: 40 }] };
const trip = { id: "1", isHotelFull: false };
await played("01-hello", await engine.start(hello, "world"));
await played("02-order", await engine.start(processOrder, order));
await played("02-order-out-of-stock", await engine.start(processOrder, tooMany));
const asked = await engine.start(approval, { waitMs: 1_000 });
await asked.signal(decision, { ok: true, by: "grace" });
await played("03-approval", asked);
await played("03-approval-late", await engine.start(approval, { waitMs: 1_000 }));
const waiting = await engine.start(approval, { waitMs: 1_000 });
await waiting.until(waitingFor(decision));
keep("03-approval-running", waiting);
await played("04-trip", await engine.start(bookTrip, trip));
await played("04-trip-full", await engine.start(bookTrip, { ...trip, isHotelFull: true }));
await played("05-fan-out", await engine.start(album, ["sea", "tower", "cat"]));
await played("06-children", await engine.start(report, ["north", "south", "east"]));
for (const [i, run] of engine.runs(region).entries()) keep(`06-children-${i + 1}`, run);
const first = { customer: "ada", periodMs: 10, paidPeriods: 0 };
const paying = await engine.start(subscription, first);
await paying.until(waitingFor(cancelled));
await paying.signal(cancelled, "moved away");
await played("07-subscription", paying);
await played("08-polling", await engine.start(convert, { name: "film", parts: 5 }));
const shipped = await engine.start(shipOrder, { id: "o1", cents: 500 });
await shipped.until(waitingFor(shipping));
await shipped.signal(shipping, { by: "ann" });
await played("testing", shipped);
await played("testing-late", await engine.start(shipOrder, { id: "o2", cents: 500 }));
const longer = await engine.start(subscription, { ...first, customer: "eve" });
const [header = ""] = longer.history();
await longer.until(({ history }) => JSON.parse(history()[0] ?? "").input.json.paidPeriods === 2);
await longer.signal(cancelled, "too dear");
await longer.result();
keepChain("07-subscription-chain", JSON.parse(header).runId);
