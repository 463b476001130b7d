import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RaftoralError } from "../../src/errors.ts";
import { FileError } from "../../src/storage/disk/file-system.ts";
import { type Keeper, LOCK_BEAT_MS, lockDirectory } from "../../src/storage/disk/lock.ts";

const test = suite("storage: lock");

/** Two seconds take forty milliseconds here. */
const HASTE = 50;

interface As {
  readonly id: number;
  readonly place?: string;
  readonly alive?: ReadonlySet<number>;
}

function keeper({ id, place = "here", alive = new Set() }: As): Keeper {
  return {
    // As the system has it: 0 is no process, and "alive".
    self: {
      id,
      startedAtMs: 1_000 + id,
      place,
      isAlive: (other) => other === 0 || alive.has(other),
    },
    clock: { monotonicMs: () => performance.now(), wallMs: () => Date.now() },
    timers: {
      set: (delayMs, fn) => {
        const timer = setTimeout(fn, delayMs / HASTE);
        return { cancel: () => clearTimeout(timer) };
      },
      defer: (fn) => {
        setImmediate(fn);
      },
    },
  };
}

async function inDirectory(act: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(`${tmpdir()}/raftoral-lock-`);
  try {
    await act(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a process left that was killed. */
const leave = (directory: string, { id, place = "here" }: As): void =>
  writeFileSync(`${directory}/lock`, `${id} ${1_000 + id} ${place}\n`);

const holderIn = (directory: string): number =>
  Number(readFileSync(`${directory}/lock`, "utf8").split(" ")[0]);

async function refusal(lock: Promise<unknown>): Promise<RaftoralError> {
  const error = await lock.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof RaftoralError && error.code === "directory-in-use", String(error));
  return error;
}

test("a directory has one holder; who asks for it meanwhile is told whose it is", async () => {
  await inDirectory(async (directory) => {
    const unlock = await lockDirectory(directory, keeper({ id: 7 }));
    const alive = new Set([7]);
    const error = await refusal(lockDirectory(directory, keeper({ id: 8, alive })));
    assert.match(error.message, "process 7");
    await unlock();
    await (await lockDirectory(directory, keeper({ id: 8, alive })))();
    assert.equal(readdirSync(directory), []);
  });
});

test("of many that find a dead holder at one time exactly one follows it", async () => {
  await inDirectory(async (directory) => {
    for (let round = 0; round < 100; round++) {
      leave(directory, { id: 99 });
      const ids = [1, 2, 3, 4, 5, 6];
      const alive = new Set(ids);
      const tries = ids.map(async (id) => {
        for (let turn = 0; turn < (id * round) % 23; turn++) await turnOfLoop();
        return await lockDirectory(directory, keeper({ id, alive }));
      });
      const ends = await Promise.allSettled(tries);
      const won = ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
      assert.is(won.length, 1, `round ${round}: ${won.length} hold the directory`);
      assert.ok(alive.has(holderIn(directory)));
      await won[0]?.();
    }
    assert.equal(readdirSync(directory), []);
  });
});

test("who dies while it follows a dead holder is followed in turn", async () => {
  await inDirectory(async (directory) => {
    leave(directory, { id: 99 });
    writeFileSync(`${directory}/lock.after-99-1099`, "98 1098 here\n");
    writeFileSync(`${directory}/lock.after-99-1099.after-98-1098`, "97 1097 here\n");
    const unlock = await lockDirectory(directory, keeper({ id: 1 }));
    assert.is(holderIn(directory), 1);
    assert.equal(readdirSync(directory), ["lock"]);
    await unlock();
  });
});

test("a process with a dead holder's id is another: in a container every life is 1", async () => {
  await inDirectory(async (directory) => {
    writeFileSync(`${directory}/lock`, "1 17 here\n");
    await (await lockDirectory(directory, keeper({ id: 1, alive: new Set([1]) })))();
  });
});

test("a lock whose maker had no time to write its name is a dead one's", async () => {
  await inDirectory(async (directory) => {
    writeFileSync(`${directory}/lock`, "");
    await (await lockDirectory(directory, keeper({ id: 1 })))();
  });
});

test("a lock that names nobody and moves on is a live one's", async () => {
  await inDirectory(async (directory) => {
    writeFileSync(`${directory}/lock`, "");
    const beat = setInterval(() => utimesSync(`${directory}/lock`, new Date(), new Date()), 5);
    const error = await refusal(lockDirectory(directory, keeper({ id: 1 })));
    clearInterval(beat);
    assert.match(error.message, "belongs to another process, which runs");
  });
});

test("what is no file in a lock's place is told, and not waited for", async () => {
  await inDirectory(async (directory) => {
    mkdirSync(`${directory}/lock`);
    const error = await lockDirectory(directory, keeper({ id: 1 })).catch((thrown) => thrown);
    assert.instance(error, FileError);
    assert.match(error.message, "EISDIR");
  });
});

test("a holder in another container is seen by its lock's moving on, whatever its id", async () => {
  await inDirectory(async (directory) => {
    const unlock = await lockDirectory(directory, keeper({ id: 1, place: "there" }));
    try {
      await refusal(lockDirectory(directory, keeper({ id: 1, place: "here" })));
    } finally {
      await unlock();
    }
  });
});

test("a holder of an earlier boot is dead, whoever has its id now", async () => {
  await inDirectory(async (directory) => {
    leave(directory, { id: 812, place: "an-earlier-boot" });
    utimesSync(`${directory}/lock`, 1, 1);
    const alive = new Set([812]);
    await (await lockDirectory(directory, keeper({ id: 1, alive })))();
  });
});

test("who lost its lock to another one leaves that one's alone", async () => {
  await inDirectory(async (directory) => {
    const unlock = await lockDirectory(directory, keeper({ id: 1 }));
    leave(directory, { id: 2 });
    await unlock();
    assert.is(holderIn(directory), 2);
  });
});

test("who lost its lock to another one is told; one that was removed is made again", async () => {
  await inDirectory(async (directory) => {
    let lost = 0;
    const unlock = await lockDirectory(directory, keeper({ id: 1 }), () => lost++);
    unlinkSync(`${directory}/lock`);
    const isThere = (): boolean => existsSync(`${directory}/lock`);
    while (!isThere() || holderIn(directory) !== 1) await turnOfLoop();
    assert.is(lost, 0);
    leave(directory, { id: 2 });
    while (lost === 0) await turnOfLoop();
    await new Promise((resolve) => setTimeout(resolve, (3 * LOCK_BEAT_MS) / HASTE));
    assert.is(lost, 1);
    await unlock();
    assert.is(holderIn(directory), 2);
  });
});

test("a holder moves its lock's time on", async () => {
  await inDirectory(async (directory) => {
    const asked: number[] = [];
    const it = keeper({ id: 1 });
    const timers = {
      ...it.timers,
      set: (ms: number, fn: () => void) => {
        asked.push(ms);
        return it.timers.set(ms, fn);
      },
    };
    const unlock = await lockDirectory(directory, { ...it, timers });
    while (asked.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(new Set(asked), new Set([LOCK_BEAT_MS]));
    await unlock();
  });
});

test.run();
