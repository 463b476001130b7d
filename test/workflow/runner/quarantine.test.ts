import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Quarantine, type Suspect } from "../../../src/workflow/runner/quarantine.ts";

const test = suite("runner: quarantine");

function place(aloneMs = 5_000) {
  const time = { nowMs: 0 };
  const clock = { monotonicMs: () => time.nowMs, wallMs: () => time.nowMs };
  const woken: string[] = [];
  const suspect = (name: string, isAlone: boolean): Suspect => ({
    isAlone,
    wake: () => void woken.push(name),
  });
  return { quarantine: new Quarantine(clock, aloneMs), suspect, time, woken };
}

test("suspects of one loss are inside side by side", () => {
  const { quarantine, suspect } = place();
  for (const name of ["a", "b", "c"]) assert.ok(quarantine.enter(suspect(name, false)));
});

test("who is alone waits until nobody is inside, and nobody comes in beside it", () => {
  const { quarantine, suspect, woken } = place();
  const [shared, late, alone] = [
    suspect("shared", false),
    suspect("late", false),
    suspect("alone", true),
  ];
  assert.ok(quarantine.enter(shared));
  assert.not(quarantine.enter(alone));
  assert.not(quarantine.enter(late), "who waits to be alone goes first");
  quarantine.leave(shared);
  assert.equal(woken, ["alone"]);
  assert.ok(quarantine.enter(alone));
  assert.ok(quarantine.enter(alone), "asked again it is still inside");
  assert.not(quarantine.enter(late));
  assert.not(quarantine.enter(suspect("other", true)));
});

test("who leaves without having come in keeps nobody waiting", () => {
  const { quarantine, suspect, woken } = place();
  const [inside, gone, last] = [suspect("a", true), suspect("b", true), suspect("c", true)];
  quarantine.enter(inside);
  quarantine.enter(gone);
  quarantine.enter(last);
  quarantine.leave(gone);
  quarantine.leave(inside);
  assert.equal(woken, ["c"]);
  assert.ok(quarantine.enter(last));
});

test("who makes way lets in one that is to be alone, and nobody else until it has left", () => {
  const { quarantine, suspect, woken } = place();
  const [first, next] = [suspect("first", true), suspect("next", true)];
  const shared = suspect("shared", false);
  quarantine.enter(first);
  quarantine.enter(shared);
  quarantine.enter(next);
  quarantine.makeWay(first);
  assert.equal(woken, ["next"]);
  assert.ok(quarantine.enter(next));
  quarantine.makeWay(next);
  assert.not(quarantine.enter(shared), "the group takes both for entered");
  quarantine.leave(next);
  assert.not(quarantine.enter(shared));
  quarantine.leave(first);
  assert.ok(quarantine.enter(shared));
});

test("nobody waits longer than a suspect's time", () => {
  const { quarantine, suspect, time, woken } = place(5_000);
  const [endless, next] = [suspect("endless", true), suspect("next", true)];
  quarantine.enter(endless);
  quarantine.enter(next);
  time.nowMs = 4_999;
  quarantine.look();
  assert.equal(woken, []);
  time.nowMs = 5_000;
  quarantine.look();
  assert.equal(woken, ["next"]);
  assert.ok(quarantine.enter(next));
});

test.run();
