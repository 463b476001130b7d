// Bugs of the effects that a body asks for: what its branches, signals and cancellations come to.

import type { Mutant } from "./mutant.ts";

const BODY = "src/workflow/interpreter/body.ts";
const CONTINUE = "src/workflow/machine/continue.ts";
const SIGNALS = "src/workflow/interpreter/signals.ts";
const SCHEDULER = "src/workflow/interpreter/scheduler.ts";

export const language: readonly Mutant[] = [
  {
    name: "language: a cancellation that no branch felt is lost",
    breaks: "9",
    file: SCHEDULER,
    find: "    passOn(group, result, fiber);\n",
    replace: "    void passOn;\n",
  },
  {
    name: "language: the losers of a race go on",
    breaks: "7",
    file: SCHEDULER,
    find: 'for (const member of group.members) this.cancel(member, cancelled("the branch lost"));',
    replace: "",
  },
  {
    name: "language: a shield holds nothing off",
    breaks: "9",
    file: SCHEDULER,
    find: 'if (group.effect.kind === "shield") fiber.cancelRequest = why;\n    else {',
    replace: "{",
  },
  {
    name: "language: a task goes on when its parent has ended",
    breaks: "7",
    file: SCHEDULER,
    find: 'else this.cancelTask(task, cancelled("the parent of this task ended"));',
    replace: "",
  },
  {
    name: "language: the newest unread signal is read first",
    breaks: "3",
    file: SIGNALS,
    find: "this.#unread.get(name)?.shift();",
    replace: "this.#unread.get(name)?.pop();",
  },
  {
    name: "language: allSettled takes a cancellation for a result",
    breaks: "9",
    file: "src/workflow/interpreter/combine.ts",
    find: "(group.cancelledBy ?? ok(collected(group)))",
    replace: "ok(collected(group))",
  },
  {
    name: "language: a receive sees signals that were accepted and not fed",
    breaks: "3",
    file: "src/workflow/interpreter/asking.ts",
    find: "const signal = signals.take(name);",
    replace:
      "const signal = signals.take(name) ?? signals.early(name, this.#parts.journal.inputs);",
    also: [
      {
        file: SIGNALS,
        find: "  read(signal: SignalInput): void {",
        replace:
          "  early(name: string, inputs: readonly SignalInput[]): SignalInput | undefined {\n" +
          "    const isNew = (one: SignalInput) =>\n" +
          '      one.kind === "signal" && one.name === name &&\n' +
          "      !this.#consumed.includes(one.id);\n" +
          "    const signal = inputs.find(isNew);\n" +
          "    if (signal !== undefined) this.read(signal);\n    return signal;\n  }\n\n" +
          "  read(signal: SignalInput): void {",
      },
      {
        file: BODY,
        find: "    const fiber = this.#barriers.receiver(signal.name);",
        replace:
          "    if (this.#signals.consumed.includes(signal.id)) return;\n" +
          "    const fiber = this.#barriers.receiver(signal.name);",
      },
    ],
  },
  {
    name: "language: a receive listens only once what came before it is accepted",
    breaks: "3",
    file: BODY,
    find: "    const fiber = this.#barriers.receiver(signal.name);",
    replace:
      "    const first = [...this.#barriers.pending.values()].find(\n" +
      '      ({ effect }) => effect.kind === "receive" && effect.name === signal.name,\n    );\n' +
      "    const isDeaf =\n" +
      '      this.#role === "owner" && this.#journal.through < (first?.registeredAt ?? -1);\n' +
      "    const fiber = isDeaf ? undefined : this.#barriers.receiver(signal.name);",
  },
  {
    name: "language: a map begins items after it was cancelled",
    breaks: "9",
    file: SCHEDULER,
    find: "if (isMore && group.cancelledBy === undefined) this.#beginMember(group);",
    replace: "if (isMore) this.#beginMember(group);",
  },
  {
    name: "language: what settles after it was cancelled cancels its branches again",
    breaks: "9",
    file: SCHEDULER,
    find: "    if (!group.isCancelled) {\n      group.isCancelled = true;\n      for",
    replace: "    {\n      group.isCancelled = true;\n      for",
  },
  {
    name: "language: a run is cancelled a second time",
    breaks: "9",
    file: "src/workflow/machine/signal.ts",
    find: "  if (run.isCancelled) return;",
    replace: "",
    also: [
      {
        file: BODY,
        find: "if (this.#cancelledBy !== undefined || this.#root === undefined) return;",
        replace: "if (this.#root === undefined) return;",
      },
    ],
  },
  {
    name: "language: the leaves of a cancelled run fail in the order of asking, not of fibers",
    breaks: "9",
    file: SCHEDULER,
    find: "    reached.sort((a, b) => a.ordinal - b.ordinal);",
    replace: "    reached.reverse();",
  },
  {
    name: "language: an owner that takes over takes an unpatched stretch for patched",
    breaks: "8",
    file: "src/workflow/interpreter/writes.ts",
    find: "    return cursor >= (epochMarks.at(-1) ?? 0);",
    replace: "    return cursor >= 0 || epochMarks.length > 0;",
  },
  {
    name: "language: continueAsNew leaves unread signals behind",
    breaks: "23",
    file: CONTINUE,
    find: 'const isUnread = input.kind === "signal" && !consumed.has(input.id);',
    replace: "const isUnread = input.position < 0 && consumed.size > 0;",
  },
  {
    name: "language: continueAsNew hands over what was read",
    breaks: "23",
    file: CONTINUE,
    find: 'const isUnread = input.kind === "signal" && !consumed.has(input.id);',
    replace: 'const isUnread = input.kind === "signal" && consumed.size >= 0;',
  },
  {
    name: "language: continueAsNew loses a cancellation that was not fed",
    breaks: "23",
    file: CONTINUE,
    find: 'const isUnfed = input.kind === "cancel" && input.position > run.through;',
    replace: 'const isUnfed = input.kind === "cancel" && input.position < 0;',
  },
  {
    name: "language: continueAsNew forgets the ids of what came",
    breaks: "23, 25",
    file: CONTINUE,
    find: "  if (run.signalIds.size > 0) next.signalIds = new Set(run.signalIds);\n",
    replace: "",
  },
];
