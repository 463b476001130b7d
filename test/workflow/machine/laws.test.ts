import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Prng, prng } from "../../../src/std/prng.ts";
import { decodeCommand, encodeCommand } from "../../../src/workflow/machine/codec.ts";
import type { Applied, Command } from "../../../src/workflow/machine/command.ts";
import { decodeState, encodeState, stateHash } from "../../../src/workflow/machine/snapshot.ts";
import type { MachineState } from "../../../src/workflow/machine/state.ts";
import { checkInvariants, Group } from "./group.ts";
import { randomCommand } from "./random-commands.ts";

const test = suite("workflow machine: laws");

const SEEDS = process.env["SEED"] === undefined ? Number(process.env["SEEDS"] ?? 12) : 1;
const FIRST_SEED = Number(process.env["SEED"] ?? 1);
const COMMANDS = 250;

interface Step {
  readonly seed: number;
  readonly random: Prng;
  readonly group: Group;
  readonly command: Command;
  readonly applied: Applied;
}

/**
 * Method: random commands about the state as it is. Replay one log with SEED=n, try more with
 * SEEDS=n.
 */
function forRandomLogs(visit: (step: Step) => void, before?: (group: Group) => void): void {
  const replies = new Set<string>();
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    const random = prng(seed);
    const group = new Group();
    for (let i = 0; i < COMMANDS; i++) {
      const command = randomCommand(random, group.state);
      group.stampMs += random.below(100) - 30;
      before?.(group);
      const applied = group.apply(command);
      replies.add(applied.reply.kind);
      if (applied.reply.kind === "batches") {
        for (const reply of applied.reply.replies) replies.add(reply.kind);
      }
      visit({ seed, random, group, command, applied });
    }
  }
  if (SEEDS > 1) assert.is(replies.size, 15, `every answer was given: ${[...replies].join(" ")}`);
}

/** Applies what `group` just applied to another copy of its state. */
function follow(state: MachineState, { group, command }: Step): Applied {
  const copy = new Group(state);
  copy.lastIndex = group.lastIndex - 1;
  copy.stampMs = group.stampMs;
  return copy.apply(command);
}

test("rule 1: equal logs give equal replies, events and states, through the bytes or not", () => {
  const copies = new Map<number, MachineState>();
  forRandomLogs((step) => {
    const hint = `SEED=${step.seed} index=${step.group.lastIndex}`;
    const copy = copies.get(step.seed) ?? new Group().state;
    copies.set(step.seed, copy);
    const command = decodeCommand(encodeCommand(step.command));
    assert.equal(command, step.command, hint);
    assert.equal(follow(copy, { ...step, command }), step.applied, hint);
    assert.is(stateHash(copy), stateHash(step.group.state), hint);
  });
});

test("after every command owners are up and fit, indexes true, time and positions grow", () => {
  forRandomLogs(({ seed, group }) => {
    checkInvariants(group.state, `SEED=${seed} index=${group.lastIndex}`);
  });
});

test("an epoch of a run only grows, and does so whenever its owner changes", () => {
  const seen = new Map<string, { epoch: number; owner: string }>();
  forRandomLogs(({ seed, group }) => {
    for (const run of group.state.runs.values()) {
      const id = `${seed} ${run.id}`;
      const now = { epoch: run.epoch, owner: `${run.owner?.node}.${run.owner?.incarnation}` };
      const before = seen.get(id) ?? now;
      seen.set(id, now);
      assert.ok(now.epoch >= before.epoch, `SEED=${seed} index=${group.lastIndex}`);
      const isSame = now.owner === before.owner;
      assert.ok(isSame || now.epoch > before.epoch, `SEED=${seed} index=${group.lastIndex}`);
    }
  });
});

test("rule 22: what has ended never changes again", () => {
  const ends = new Map<string, string>();
  forRandomLogs(({ seed, group }) => {
    for (const run of group.state.runs.values()) {
      if (run.endedAtMs === undefined) continue;
      const now = JSON.stringify([run.status.kind, run.endedAtMs, run.epoch, run.next]);
      const end = ends.get(`${seed} ${run.id}`) ?? now;
      assert.is(now, end, `SEED=${seed} index=${group.lastIndex}`);
      ends.set(`${seed} ${run.id}`, end);
    }
  });
});

/** What is refused for a gap is counted each time that it comes: its owner must hear of each. */
test("rule 25: a command that is repeated at once changes nothing but the count of gaps", () => {
  forRandomLogs(({ seed, group, command }) => {
    const gaps = [...group.state.runs.values()].map((run) => run.gaps);
    const before = stateHash(group.state);
    group.apply(command);
    [...group.state.runs.values()].forEach((run, i) => {
      run.gaps = gaps[i] ?? 0;
    });
    assert.is(stateHash(group.state), before, `SEED=${seed} ${command.kind}`);
  });
});

test("rules 11, 25: what was taken once and comes late again changes nothing", () => {
  let seedOfPast = 0;
  let past: Command[] = [];
  forRandomLogs(({ seed, random, group, command, applied }) => {
    if (seed !== seedOfPast) past = [];
    seedOfPast = seed;
    const late = past[random.below(past.length + 1)];
    if (late !== undefined && !isNewTry(group.state, late)) {
      const before = stateHash(group.state);
      group.apply(late);
      assert.is(stateHash(group.state), before, `SEED=${seed} ${late.kind}`);
    }
    if (wasTaken(applied)) past.push(command);
  });
});

function wasTaken({ reply }: Applied): boolean {
  if (reply.kind === "batches") return reply.replies.every(({ kind }) => kind === "accepted");
  return !["ignored", "conflict", "unknown", "ended", "full"].includes(reply.kind);
}

/** These mean "try again" whenever they come. */
function isNewTry(state: MachineState, command: Command): boolean {
  if (command.kind === "announce") return state.members.get(command.node)?.isUp !== true;
  return command.kind === "resume" || command.kind === "unfit";
}

test("rule 27: a restored state answers every further command as the original", () => {
  let restored: MachineState | undefined;
  forRandomLogs(
    (step) => {
      const hint = `SEED=${step.seed} index=${step.group.lastIndex}`;
      if (restored === undefined) throw new Error("restored before each command");
      assert.equal(follow(restored, step), step.applied, hint);
      assert.is(stateHash(restored), stateHash(step.group.state), hint);
    },
    ({ state }) => {
      restored = decodeState(encodeState(state));
      checkInvariants(restored, "restored");
    },
  );
});

test("rule 27: all that a run holds comes back", () => {
  forRandomLogs(({ seed, random, group }) => {
    if (!random.chance(0.05)) return;
    const { members, runs, byWorkflowId, byOwner } = decodeState(encodeState(group.state));
    assert.equal(members, group.state.members, `SEED=${seed}`);
    assert.equal([...runs], [...group.state.runs], `SEED=${seed}`);
    assert.equal([...byWorkflowId], [...group.state.byWorkflowId], `SEED=${seed}`);
    for (const [node, owned] of byOwner) {
      const expected = [...(group.state.byOwner.get(node) ?? [])].map((run) => run.id);
      assert.equal([...owned].map((run) => run.id).sort(), expected.sort(), `SEED=${seed}`);
    }
  });
});

test("members that were announced in another order have the same hash once they agree", () => {
  const hash = (order: readonly number[]): string => {
    const group = new Group();
    for (const node of [3, 1, 2]) group.announceAs(node, `x${node}`, []);
    const members = [...group.state.members];
    group.state.members.clear();
    for (const at of order) {
      const [node, member] = members[at] ?? [];
      if (node !== undefined && member !== undefined) group.state.members.set(node, member);
    }
    return stateHash(group.state);
  };
  assert.is(hash([0, 1, 2]), hash([2, 0, 1]));
});

test.run();
