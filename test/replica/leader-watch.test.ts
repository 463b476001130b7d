import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LeaderWatch, UNHEARD_TICKS } from "../../src/replica/leader-watch.ts";
import { NONE, nodeId } from "../../src/std/ids.ts";

const test = suite("replica: leader watch");

const SILENT_TICKS = 5;
const [leader, other] = [nodeId(2), nodeId(3)];

function setUp() {
  const did: string[] = [];
  const watch = new LeaderWatch({
    self: nodeId(1),
    silentTicks: SILENT_TICKS,
    below: () => 0,
    probe: (id) => void did.push(`probe ${id}`),
    giveUp: () => void did.push("give up"),
    stand: () => void did.push("stand"),
  });
  /** `each`: what comes between two ticks. */
  const ticks = (count: number, of = leader, each = (): void => {}): readonly string[] => {
    for (let i = 0; i < count; i++) {
      watch.tick(of);
      each();
    }
    return did.splice(0);
  };
  return { ticks, watch };
}

test("a leader that shows itself is asked nothing, and one that is silent at each tick", () => {
  const { ticks, watch } = setUp();
  assert.equal(
    ticks(20, leader, () => watch.heard(leader)),
    [],
  );
  ticks(SILENT_TICKS);
  assert.equal(ticks(2), ["probe 2", "probe 2"]);
});

test("silence alone is no reason to give it up, however long", () => {
  const { ticks, watch } = setUp();
  assert.not.ok(ticks(500).includes("give up"));
  // That somebody else is not there neither.
  assert.not.ok(ticks(500, leader, () => watch.unheard(other)).includes("give up"));
});

test("it is given up when nobody was there for so many ticks, and not one before", () => {
  const { ticks, watch } = setUp();
  ticks(1 + SILENT_TICKS);
  const unheard = (): void => watch.unheard(leader);
  assert.not.ok(ticks(UNHEARD_TICKS, leader, unheard).includes("give up"));
  assert.equal(ticks(1, leader, unheard), ["give up"]);
});

test("one word of it, and all that was said of it before is void", () => {
  const { ticks, watch } = setUp();
  const unheard = (): void => watch.unheard(leader);
  ticks(SILENT_TICKS + UNHEARD_TICKS, leader, unheard);
  watch.heard(leader);
  assert.not.ok(ticks(SILENT_TICKS + UNHEARD_TICKS - 1, leader, unheard).includes("give up"));
});

test("who gave it up stands some times, until somebody leads", () => {
  for (const [isLed, least, most] of [
    [false, 2, 9],
    [true, 0, 0],
  ] as const) {
    const { ticks, watch } = setUp();
    const unheard = (): void => watch.unheard(leader);
    for (let at = 0; !ticks(1, leader, unheard).includes("give up"); at++) assert.ok(at < 50);
    assert.equal(ticks(1, NONE), ["stand"]);
    if (isLed) ticks(1, other);
    const { length } = ticks(200, NONE);
    assert.ok(length >= least && length <= most, `${length}`);
  }
});

test.run();
