// What the engine profile must kill: bugs of the composition, each in a part that its own tests see
// alone, and which only whole nodes with users and an outside world show.

import type { Catalogue, Mutant } from "./mutant.ts";
import { snapshots } from "./snapshots.ts";

const mutants: readonly Mutant[] = [
  {
    name: "a frame is told as done before it is synced",
    breaks: "durability",
    file: "src/storage/disk/wal.ts",
    find: "    const written = file.writeSafely(at, draft.bytes);",
    replace: "    const written = file.write(at, draft.bytes);",
    first: ["storage/disk"],
  },
  {
    name: "what another leader was told is not offered again",
    breaks: "SEMANTICS 25",
    file: "src/replica/gateway.ts",
    find: "    this.#parts.counters.retried += this.#parts.proposals.refresh();",
    replace: "",
    also: [
      {
        file: "src/replica/replica.ts",
        find: "      this.counters.retried += this.#proposals.tick(nowMs);",
        replace: "",
      },
    ],
  },
  {
    name: "what is applied while a mirror gets its base is lost",
    breaks: "thread/feed I1",
    file: "src/node/thread/feed.ts",
    find: '    if (this.#mode.kind === "cut") return;',
    replace: '    if (this.#mode.kind !== "live") return;',
  },
  {
    name: "batches of an earlier epoch are taken",
    breaks: "SEMANTICS 11",
    file: "src/workflow/machine/batch.ts",
    find: 'run.status.kind !== "running" || batch.epoch !== run.epoch',
    replace: 'run.status.kind !== "running"',
    first: ["workflow/machine/batch"],
  },
  {
    name: "a wait whose hint was lost is never looked at again",
    breaks: "no wait depends on an event",
    file: "src/node/group.ts",
    find:
      "for (const id of this.waits.next(SWEEP_WAITS)) " +
      "this.#settleWaits(findRun(this.state, id));",
    replace: "",
    also: [
      {
        file: "src/node/local-gateway.ts",
        find: "  return endOf(known.status) ?? group.waits.wait(workflowId, options);",
        replace: "  return group.waits.wait(workflowId, options);",
      },
    ],
  },
  {
    name: "standing is looked at only when something was applied",
    breaks: "SEMANTICS 15",
    file: "src/node/group.ts",
    find: "this.#settleWaits(findRun(this.state, id));\n      this.lookAtStanding();",
    replace: "this.#settleWaits(findRun(this.state, id));",
  },
  {
    name: "a read is answered before its entries are applied",
    breaks: "thesis 6.4",
    file: "src/replica/read-barriers.ts",
    find: "this.#confirmed.filter((one) => one.index <= index);",
    replace: "this.#confirmed.filter((one) => one.index <= index + 20);",
    first: ["replica/read-barriers"],
  },
  {
    name: "effect bodies start before what came before them is accepted",
    breaks: "SEMANTICS 10",
    file: "src/workflow/runner/run-driver.ts",
    find: "      if (barrier.registeredAt >= openFrom) continue;",
    replace: "      if (barrier.registeredAt > openFrom + 100) continue;",
  },
  {
    name: "the key of an effect has its owner's epoch in it",
    breaks: "SEMANTICS 13",
    file: "src/node/running-node.ts",
    find: "hashOf([stem, run.workflowId, run.id, effect.path, effect.kind, effect.name]),",
    replace:
      "hashOf([stem, run.workflowId, run.id, effect.path, effect.kind, effect.name, " +
      "String(run.epoch)]),",
  },
  {
    name: "who speaks is taken for one who hears",
    breaks: "SEMANTICS 18",
    file: "src/replica/reception.ts",
    find: "    if (isAnswer) peers.heard",
    replace: "    if (isAnswer || name !== '') peers.heard",
  },
  {
    name: "a leader that is silent is given up, though nobody said that it is gone",
    breaks: "leader-watch I1",
    file: "src/replica/leader-watch.ts",
    find: "    if (this.#isUnheard) this.#unheard++;",
    replace: "    this.#unheard++;",
    first: ["replica/leader-watch"],
  },
  {
    name: "who gave a leader up waits for the election's own time-out",
    breaks: "leader-watch I3",
    file: "src/replica/leader-watch.ts",
    find: "    this.#parts.stand();",
    replace: "",
    first: ["replica/leader-watch"],
  },
  {
    name: "a learner that has acknowledged nothing gets a vote",
    breaks: "DESIGN 8",
    file: "src/cluster/membership.ts",
    find: "known?.isActive === true && known.match > 0;",
    replace: "known?.isActive === true;",
    first: ["cluster/membership"],
  },
  {
    name: "who leaves goes before the others can do without it",
    breaks: "DESIGN 8",
    file: "src/node/engine.ts",
    find: "    if (!(await untilOut(this.#leaver(), drainMs))) {",
    replace: "    if (drainMs < 0) {",
  },
  {
    name: "an identity is not kept",
    breaks: "SEMANTICS 26",
    file: "src/node/admitted-engine.ts",
    find: "      if (isNew) await home.keep(admission.identity);",
    replace: "",
    first: ["scenario/half-gone"],
  },
  {
    name: "messages leave before what they promise is on the disk",
    breaks: "Fig. 2",
    file: "src/replica/persist.ts",
    find: "    store.save({ ...what, mayUseReserve: isUrgent }, (failure) =>",
    replace:
      "    queueMicrotask(() => this.#done(batch, undefined));\n" +
      "    store.save({ ...what, mayUseReserve: isUrgent }, (failure) => false &&",
    first: ["replica/persist"],
  },
];

export const engine: Catalogue = {
  profile: "engine",
  seeds: 400,
  tests: ["node/", "cluster/membership", "replica/peers"],
  mutants: [...mutants, ...snapshots],
};
