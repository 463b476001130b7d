import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../src/errors.ts";
import { homeIn } from "../../src/node/disk-home.ts";
import type { Identity, NodeHome } from "../../src/node/identity.ts";
import { nodeId } from "../../src/std/ids.ts";
import { prng } from "../../src/std/prng.ts";
import { VirtualDisk } from "../../src/testing/sim/virtual-files.ts";
import { entry, save } from "../contract/log-store.ts";

/** Real files, as an operator mixes them up: test/scenario/half-gone.test.ts. */
const test = suite("node: whose log it is");

const timers = {
  set: () => ({ cancel: () => {} }),
  defer: (fn: () => void) => void setImmediate(fn),
};
const OWNER = "data/log/owner.json";
const second: Identity = {
  clusterUuid: "one",
  node: nodeId(2),
  nonce: "n",
  isFounder: false,
};

const homeOn = (disk: VirtualDisk): Promise<NodeHome> =>
  homeIn({ fs: disk.mount(timers), directory: "data", segmentBytes: 4_096 });

/** A node's first life, as far as its files go. */
async function live(disk: VirtualDisk): Promise<void> {
  const home = await homeOn(disk);
  const store = await home.openLog();
  await home.keep(second);
  await save(store, { entries: [entry(1, 1)] });
}

async function lived(): Promise<VirtualDisk> {
  const disk = new VirtualDisk(prng(5));
  await live(disk);
  return disk;
}

/** What is said against a start with this one's identity. */
async function refusal(disk: VirtualDisk, identity: Identity): Promise<string | undefined> {
  const copy = new VirtualDisk(prng(5));
  for (const path of disk.paths()) copy.put(path, disk.bytes(path));
  copy.put("data/identity.json", new TextEncoder().encode(JSON.stringify(identity)));
  try {
    await homeOn(copy);
    return;
  } catch (error) {
    assert.ok(error instanceof RaftoralError && error.code === "log-damaged", String(error));
    return error instanceof Error ? error.message : "";
  }
}

test("a log is opened by the node and cluster that began it, and by no other", async () => {
  const disk = await lived();
  assert.is(await refusal(disk, second), undefined);
  for (const [other, told] of [
    [
      { ...second, node: nodeId(3) },
      /node 3 of cluster one, and the log that of node 2 of cluster one/,
    ],
    [
      { ...second, clusterUuid: "two" },
      /node 2 of cluster two, and the log that of node 2 of cluster one/,
    ],
  ] as const) {
    assert.match((await refusal(disk, other)) ?? "", told);
  }
});

test("if the power goes in a first life, the node comes back as itself or as nobody", async () => {
  let outcomes = 0;
  for (let call = 0, isThrough = false; !isThrough; call++) {
    const disk = new VirtualDisk(prng(call + 1));
    let left = call;
    disk.fails = () => left-- <= 0;
    await live(disk).catch(() => {});
    isThrough = left > 0;
    disk.powerCut();
    disk.fails = () => false;
    const again = await homeOn(disk);
    outcomes |= again.identity === undefined ? 1 : 2;
    if (again.identity !== undefined) assert.equal(again.identity, second, `call ${call}`);
    else {
      await again.openLog();
      await again.keep({ ...second, clusterUuid: "two" });
    }
    disk.powerCut();
    const whose = again.identity === undefined ? "two" : "one";
    assert.is((await homeOn(disk)).identity?.clusterUuid, whose, `call ${call}`);
  }
  assert.is(outcomes, 3, "both were seen");
});

test("until a recovery is through both clusters are its own, then the new one alone", async () => {
  const disk = await lived();
  const recovered = { ...second, clusterUuid: "one.again" };
  await (await homeOn(disk)).keep(recovered);
  assert.is(await refusal(disk, second), undefined, "the recovery may be begun again");
  assert.is(await refusal(disk, recovered), undefined);
  const next = await homeOn(disk);
  assert.equal(next.identity, recovered);
  await next.keep(recovered);
  assert.match(
    (await refusal(disk, second)) ?? "",
    /of cluster one, and the log .* of cluster one.again/,
  );
  assert.is(await refusal(disk, recovered), undefined);
});

test("what a crash left of a longer identity or owner is no part of the next one", async () => {
  const disk = await lived();
  const left = new TextEncoder().encode(JSON.stringify({ clusterUuid: "x".repeat(300) }));
  disk.put("data/identity.json.tmp", left);
  disk.put(`${OWNER}.tmp`, left);
  const home = await homeOn(disk);
  const recovered = { ...second, clusterUuid: "one.again" };
  await home.keep(recovered);
  assert.equal((await homeOn(disk)).identity, recovered);
});

test("a log of a build that did not say whose it is belongs to who has it", async () => {
  const disk = await lived();
  const bare = new VirtualDisk(prng(5));
  for (const path of disk.paths()) if (path !== OWNER) bare.put(path, disk.bytes(path));
  const home = await homeOn(bare);
  await home.keep(second);
  assert.equal(JSON.parse(new TextDecoder().decode(bare.bytes(OWNER))), {
    clusterUuid: "one",
    node: 2,
  });
});

test.run();
