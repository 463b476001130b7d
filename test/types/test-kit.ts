// Compiled by `tsc`, never run: what a test of behaviour or a simulation may say is what the
// workflow's types say.

import { type RunHandle, signal, step, workflow } from "raftoral";
import {
  type EffectCall,
  failTimes,
  hanging,
  provide,
  provideCompute,
  provideWhen,
  replayHistories,
  simulate,
  TestEngine,
  type TestRun,
  throwing,
  waitingFor,
} from "raftoral/testing";
import { same } from "./workflow-language.ts";

interface Order {
  readonly cents: number;
}

const charge = step("charge", (order: Order) => ({ id: order.cents }));
const approval = signal<{ readonly isOk: boolean }>("approval");
const nudge = signal("nudge");
const pay = workflow({
  name: "pay",
  run: function* (order: Order) {
    return yield* charge(order);
  },
});
const inputless = workflow({
  name: "inputless",
  run: function* () {
    yield* charge({ cents: 1 });
  },
});

export async function engine(): Promise<void> {
  const engine = await TestEngine.create({
    workflows: [pay, inputless],
    provide: [
      provide(charge, failTimes(2, new Error("503"), { id: 1 })),
      provide(charge, throwing(new Error("no"))),
      provide(charge, hanging()),
      provide(charge, ({ cents }, { attempt }) => ({ id: cents + attempt })),
      provideWhen(charge, ({ cents }) => cents > 1, { id: 1 }),
      provideCompute("sum", 1),
      // @ts-expect-error An answer of another type.
      provide(charge, "1"),
      // @ts-expect-error After its failures it gives another type.
      provide(charge, failTimes(2, new Error("503"), { id: "1" })),
      // @ts-expect-error The input has no such member.
      provideWhen(charge, ({ euros }) => euros > 1, { id: 1 }),
      // @ts-expect-error A step, not its name.
      provide("charge", { id: 1 }),
    ],
  });
  // @ts-expect-error A provider is made by provide().
  engine.provide({ charge: { id: 1 } });
  // @ts-expect-error There is no such option.
  await TestEngine.create({ workflows: [pay], autoadvance: false });

  const run = await engine.start(pay, { cents: 1 }, { id: "a", timeout: "1 day" });
  same<typeof run, TestRun<{ id: number }>>(true);
  const result = await run.result();
  same<typeof result, { id: number }>(true);
  await engine.start(inputless);
  // @ts-expect-error A workflow with an input is started with one.
  await engine.start(pay);
  // @ts-expect-error An input of another type.
  await engine.start(pay, { cents: "1" });

  await run.until(waitingFor(charge, { cents: 1 }));
  await run.until(waitingFor(approval));
  await run.until(waitingFor(pay, { cents: 1 }));
  await run.until(waitingFor("sleep"));
  await run.until(waitingFor({ compute: "sum" }));
  await run.until(({ status }) => status === "completed");
  // @ts-expect-error An input of another type.
  await run.until(waitingFor(charge, { euros: 1 }));
  // @ts-expect-error A signal is waited for without a value.
  await run.until(waitingFor(approval, true));
  // @ts-expect-error No such place.
  await run.until(waitingFor("nap"));
  // @ts-expect-error No such status.
  await run.until(({ status }) => status === "done");

  await run.signal(approval, { isOk: true });
  await run.signal(nudge);
  // @ts-expect-error A signal of another type.
  await run.signal(approval, { isOk: 1 });
  // @ts-expect-error A signal that carries something.
  await run.signal(approval);

  const [call] = run.calls(charge);
  same<typeof call, EffectCall<Order, { id: number }> | undefined>(true);
  // @ts-expect-error The step's input has no such member.
  call?.input.euros;
  // @ts-expect-error What failed has no value.
  if (call?.outcome?.ok === false) call.outcome.value;
  // @ts-expect-error A signal is never called.
  run.calls(approval);
  await engine.clock.advance({ days: 1 });
  // @ts-expect-error No duration.
  await engine.clock.advance("tomorrow");
  await engine.crashMatrix(async (fresh) => (await fresh.start(pay, { cents: 1 })).result());
  // @ts-expect-error A scenario is awaited.
  await engine.crashMatrix((fresh) => fresh.calls(charge).length);
  // @ts-expect-error Workflows, not their names.
  for await (const replayed of replayHistories("histories", ["pay"])) replayed.kind;
}

class Bank {
  readonly charged: string[] = [];
}

export async function simulation(): Promise<void> {
  const program = {
    workflows: [pay],
    outside: () => new Bank(),
    run: async () => {},
    check: () => {},
  };
  await simulate(
    {
      ...program,
      run: async (client, world) => {
        same<typeof world, Bank>(true);
        const run = await client.start(pay, { cents: 1 });
        same<typeof run, RunHandle<{ id: number }>>(true);
      },
      check: ({ charged }) => void charged.length,
    },
    { nodes: 3, seeds: [1, 2], faults: { crash: false, loss: 0.1 } },
  );
  // @ts-expect-error The world has no such member.
  await simulate({ ...program, check: ({ refunded }) => void refunded });
  // @ts-expect-error A simulation has its laws.
  await simulate({ workflows: [pay], outside: () => new Bank(), run: async () => {} });
  // @ts-expect-error No such fault.
  await simulate(program, { faults: { flood: true } });
}
