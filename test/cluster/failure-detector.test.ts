import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deadMembers, hearsMajority, type Signs } from "../../src/cluster/failure-detector.ts";
import { type NodeId, nodeId } from "../../src/std/ids.ts";

const test = suite("cluster: failure detector");

const byNode = <T>(entries: Readonly<Record<number, T>>): ReadonlyMap<NodeId, T> =>
  new Map(Object.entries(entries).map(([node, value]) => [nodeId(Number(node)), value]));

const signs = (options: {
  readonly nowMs: number;
  readonly heard: Readonly<Record<number, number | undefined>>;
  readonly unreachable?: Readonly<Record<number, number>>;
  readonly listeningSinceMs?: number;
}): Signs => ({
  nowMs: options.nowMs,
  listeningSinceMs: options.listeningSinceMs ?? 0,
  lastHeardMs: byNode(options.heard),
  unreachableSinceMs: byNode(options.unreachable ?? {}),
});

test("a member is dead when it was silent for the time-out, and not a moment before", () => {
  const heard = { 2: 10_000, 3: 10_400 };
  assert.equal(deadMembers(signs({ nowMs: 11_499, heard })), []);
  assert.equal(deadMembers(signs({ nowMs: 11_500, heard })), [2]);
  assert.equal(deadMembers(signs({ nowMs: 11_900, heard })), [2, 3]);
});

test("nobody listening under its name is a sign of death that needs less time", () => {
  const at = (nowMs: number) =>
    deadMembers(signs({ nowMs, heard: { 2: 9_999 }, unreachable: { 2: 10_000 } }));
  assert.equal(at(10_499), []);
  assert.equal(at(10_500), [2]);
});

test("a member that was heard after the hint is alive", () => {
  const heard = { 2: 10_300 };
  assert.equal(deadMembers(signs({ nowMs: 10_900, heard, unreachable: { 2: 10_000 } })), []);
});

test("a leader gives everybody the time-out from when it began to listen", () => {
  const fresh = { heard: { 2: undefined, 3: 1_000 }, unreachable: { 3: 900 } };
  const at = (nowMs: number) => deadMembers(signs({ nowMs, listeningSinceMs: 20_000, ...fresh }));
  assert.equal(at(20_100), []);
  assert.equal(at(21_499), []);
  assert.equal(at(21_500), [2, 3]);
});

test("a hint from before it listened counts from when it listened", () => {
  const waiting = { heard: { 3: undefined }, unreachable: { 3: 900 }, listeningSinceMs: 20_000 };
  assert.equal(deadMembers(signs({ nowMs: 20_499, ...waiting })), []);
  assert.equal(deadMembers(signs({ nowMs: 20_500, ...waiting })), [3]);
});

test("both limits are options; members come by id; none is judged that was not asked about", () => {
  const options = { memberTimeoutMs: 50, noResponderMs: 5 };
  const all = signs({ nowMs: 1_000, heard: { 9: 949, 2: 950, 3: 999 }, unreachable: { 7: 0 } });
  assert.equal(deadMembers(all, options), [2, 9]);
});

test("a leader that hears no majority of the voters judges nobody: it is cut off itself", () => {
  const hears = (...silentMs: readonly number[]): boolean => {
    const heard = silentMs.map((ms, i) => [nodeId(i + 2), 10_000 - ms] as const);
    const lastHeardMs = new Map([[nodeId(1), 0] as const, ...heard]);
    return hearsMajority({ self: nodeId(1), lastHeardMs }, 10_000);
  };
  assert.ok(hears(), "alone it is the majority");
  assert.ok(hears(100, 5_000));
  assert.not.ok(hears(5_000, 5_000));
  assert.not.ok(hears(5_000), "one of two is none");
  assert.ok(hears(100, 100, 5_000, 5_000));
});

test.run();
