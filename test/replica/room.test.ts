import { suite } from "uvu";
import * as assert from "uvu/assert";
import { replicaLimits } from "../../src/replica/options.ts";
import { Peers } from "../../src/replica/peers.ts";
import { Room } from "../../src/replica/room.ts";
import { nodeId } from "../../src/std/ids.ts";
import { createMemoryLogStore, MemoryDisk } from "../../src/storage/memory.ts";
import type { LogStore, StoreListener } from "../../src/storage/port.ts";

const test = suite("replica: room");

test("a disk that failed before is told when the replica starts, not while it is made", () => {
  const store = createMemoryLogStore({ disk: new MemoryDisk() });
  const failed: LogStore = Object.assign(Object.create(store), {
    listen: ({ onFailure }: StoreListener) =>
      onFailure({ reason: "write-failed", cause: new Error("input/output error") }),
  });
  const told: string[] = [];
  const room = new Room({
    options: { self: { id: nodeId(1), name: "a" }, store: failed },
    clock: { monotonicMs: () => 0, wallMs: () => 0 },
    limits: replicaLimits,
    peers: new Peers(0),
    proposals: { answerAll: () => {} },
    core: () => undefined,
    onSaved: () => {},
    onFailed: ({ message }) => void told.push(message),
    onRoom: () => {},
  });
  assert.equal(told, [], "the rest of the replica is not made yet");
  room.start();
  assert.is(told.length, 1);
  assert.match(told[0] ?? "", "input/output error");
});

test.run();
