// Bugs of what becomes of a run when it sleeps, starts others, or ends its owners.

import type { Mutant } from "./mutant.ts";

const POISON = "src/workflow/machine/poison.ts";
const RESET = "src/workflow/machine/reset.ts";

export const life: readonly Mutant[] = [
  {
    name: "life: a run that waits for a body is told as asleep",
    breaks: "20",
    file: "src/workflow/runner/resting.ts",
    find: "    if (call !== undefined || child !== undefined) return false;",
    replace: "    if (child !== undefined) return false;\n    void call;",
  },
  {
    name: "life: the timer of a cold run is not kept",
    breaks: "20",
    file: "src/workflow/runner/runner.ts",
    find: "    this.#cold.add(run, isMine ? dueMs : undefined);",
    replace: "    this.#cold.add(run, undefined);",
  },
  {
    name: "life: a rest is taken for one after the next input came",
    breaks: "20",
    file: "src/workflow/machine/rest.ts",
    find: "return inputs.at(-1)?.position === rest.through ? rest : undefined;",
    replace: "return inputs.length > 0 ? rest : undefined;",
  },
  {
    name: "life: a child is started before its group knows it",
    breaks: "24",
    file: "src/workflow/runner/children.ts",
    find:
      "    if (!this.#run.children.has(path)) " +
      "this.#tell(barrier, child.workflowId, child.start);\n",
    replace:
      "    if (!this.#run.children.has(path)) {\n" +
      "      this.#tell(barrier, child.workflowId, child.start);\n" +
      "      this.#start(barrier, child.workflowId, child.start);\n    }\n",
  },
  {
    name: "life: a close that overtakes its Start leaves no tombstone",
    breaks: "24",
    file: "src/workflow/machine/ending.ts",
    find: "    if (run === undefined) bury(state, parent);\n",
    replace: "    void bury;\n",
  },
  {
    name: "life: the end of a run closes none of its children",
    breaks: "24",
    file: "src/workflow/machine/ending.ts",
    find: '    if (link.isClosed || parentClose === "abandon") continue;',
    replace: '    if (link.isClosed || parentClose !== "x") continue;',
  },
  {
    name: "poison: a loss inside what was entered sets nothing aside",
    breaks: "21",
    file: POISON,
    find: "  if (blamed?.run === run) {",
    replace: "  if (blamed?.run === run && blamed.suspect.kind.length > 9) {",
  },
  {
    name: "poison: a loss is blamed on all that was entered",
    breaks: "21",
    file: POISON,
    find:
      "  if (blamed?.run === run) {\n" +
      "    setAside(state, run, { suspect: blamed.suspect, context });",
    replace:
      "  const [own] = run.entered.filter(({ suspect }) => !isLeft(run, suspect));\n" +
      "  if (own !== undefined) {\n    setAside(state, run, { suspect: own.suspect, context });",
    also: [
      {
        file: "src/workflow/runner/quarantine.ts",
        find: "    if (isAlone) return this.#inside.size === 0;",
        replace: "    if (isAlone) return true;",
      },
    ],
  },
  {
    name: "poison: suspects run side by side, alone or not",
    breaks: "21",
    file: "src/workflow/runner/quarantine.ts",
    find: "    if (isAlone) return this.#inside.size === 0;",
    replace: "    if (isAlone || this.#inside.size >= 0) return true;",
  },
  {
    name: "poison: the inputs of a suspect are fed without a word to the group",
    breaks: "21",
    file: "src/workflow/runner/suspect-inputs.ts",
    find: "    return this.isSuspect ? enteredUpTo(this.#run) : Number.POSITIVE_INFINITY;",
    replace: "    return enteredUpTo(this.#run) + Number.POSITIVE_INFINITY;",
  },
  {
    name: "poison: a suspect makes way for those that say nothing, too",
    breaks: "21",
    file: "src/workflow/runner/quarantine.ts",
    find: "    this.#parting.set(suspect, sinceMs);",
    replace: "",
    first: ["workflow/runner/quarantine"],
  },
  {
    name: "poison: a body of the last chance runs before the group knows",
    breaks: "21",
    file: "src/workflow/runner/suspect-bodies.ts",
    find: "return !isAlone || this.#hasEntered(barrier, inside, losses);",
    replace: "return !isAlone || this.#hasEntered(barrier, inside, losses) || losses > 0;",
  },
  {
    name: "poison: losses while a body was pending are not counted",
    breaks: "21",
    file: POISON,
    find: "  run.lossMarks = state.marks.append(run.lossMarks, run.next, LOSS_MARKS_MAX);\n",
    replace: "",
  },
  {
    name: "poison: who rested keeps on being a suspect",
    breaks: "21",
    file: POISON,
    find: "run.through >= run.suspectUpTo) run.suspectUpTo = undefined;",
    replace: "run.through > run.suspectUpTo + 1) run.suspectUpTo = undefined;",
  },
  {
    name: "who is warm waits behind all that are to become warm",
    breaks: "touched I1",
    file: "src/workflow/runner/touched.ts",
    find: "(this.#isWarm(runId) ? this.#warm : this.#others).add(runId);",
    replace: "this.#others.add(runId);",
    first: ["workflow/runner/cold"],
  },
  {
    name: "poison: an owner that gave its runs away makes suspects of them",
    breaks: "21",
    file: "src/workflow/machine/members.ts",
    find: "    if (isHandOver) reassign(state, run, context);",
    replace: "    if (isHandOver && run.epoch < 0) reassign(state, run, context);",
    first: ["workflow/machine/members"],
  },
  {
    name: "poison: who is blamed is left as soon as its attempt has ended here",
    breaks: "21",
    file: "src/workflow/runner/suspect-bodies.ts",
    find: '      if (hasEntered || inside.enter === "said") continue;',
    replace: "",
  },
  {
    name: "reset: signals behind the cut are lost",
    breaks: "22, 25",
    file: RESET,
    find: 'if (later.kind === "signal" && later.position >= cut) carry(',
    replace: 'if (later.kind === "signal" && later.position < 0) carry(',
  },
  {
    name: "reset: writes behind the cut are kept",
    breaks: "22",
    file: RESET,
    find: "    if (write.position < cut) next.writes",
    replace: "    if (write.position >= 0) next.writes",
  },
  {
    name: "reset: a stretch that lost a write is taken for closed",
    breaks: "4, 22",
    file: RESET,
    find: "    else through = Math.min(through, write.cursor - 1);",
    replace: "",
  },
  {
    name: "reset: what begins anew draws other chance",
    breaks: "6, 22",
    file: RESET,
    find: "const originId = run.originId ?? run.id;",
    replace: "const originId = id;",
  },
  {
    name: "reset: the input at the cut is kept",
    breaks: "22",
    file: RESET,
    find: "run.inputs.filter(({ position: at }) => at < cut)",
    replace: "run.inputs.filter(({ position: at }) => at <= cut)",
  },
  {
    name: "reset: the first run goes on beside the next one",
    breaks: "22",
    file: RESET,
    find: '    endRun(state, run, { kind: "continued", runId: id }, { context, events });\n',
    replace: "",
  },
];
