// A body from a machine's view, and back into a machine: a piece a turn of the event loop, so that
// heartbeats and appends go on meanwhile.
//
// What a replica knows that no entry behind the snapshot tells again, the members' names, is its
// first piece.

import { RaftoralError } from "../errors.ts";
import type { SnapshotMetadata } from "../raft/types.ts";
import type { Clock, Timers } from "../std/clock.ts";
import type { Index } from "../std/ids.ts";
import type { SnapshotStore } from "../storage/snapshot-port.ts";
import { decodeAddresses, encodeAddresses } from "./entry-codec.ts";
import type { Address } from "./options.ts";
import type { StateIntake, StateMachine, StateView } from "./port.ts";
import { encodeFrame, FrameSplitter } from "./snapshot-codec.ts";

export interface Surroundings {
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly timers: Timers;
  /** The replica has ended: nothing is begun any more. */
  isOver(): boolean;
}

const turnOf = (timers: Timers): Promise<void> => new Promise((next) => timers.defer(next));

/** undefined: the view was ended, or the replica. */
export async function writeBody(
  view: StateView,
  { store, clock, timers, isOver }: Surroundings,
  what: SnapshotMetadata & { readonly addresses: readonly Address[] },
): Promise<ReturnType<SnapshotStore["list"]>[number] | undefined> {
  const writer = store.create();
  await writer.write(encodeFrame(encodeAddresses(what.addresses)));
  for (;;) {
    await turnOf(timers);
    if (isOver() || !view.isOpen) {
      await writer.abort();
      return;
    }
    const piece = view.next();
    if (piece === undefined) break;
    await writer.write(encodeFrame(piece));
  }
  view.close();
  return await writer.finish(what, clock.wallMs());
}

/** A state that waits to take the place of the machine's. */
export interface ReadBody {
  readonly addresses: readonly Address[];
  readonly intake: StateIntake;
}

/**
 * undefined: there is no such body, or it is not what was written; then it is set aside.
 * @throws MalformedError: it is whole, and yet of a form that is not known
 */
export async function readBody(
  machine: Pick<StateMachine<unknown, unknown>, "thaw">,
  { store, timers, isOver }: Surroundings,
  at: Index,
): Promise<ReadBody | undefined> {
  const reader = await store.open(at);
  if (reader === undefined) return;
  const intake = machine.thaw();
  const splitter = new FrameSplitter();
  let addresses: readonly Address[] | undefined;
  try {
    for (let number = 0; number < reader.manifest.checksums.length; number++) {
      const chunk = await reader.chunk(number);
      if (chunk === undefined) {
        await store.setAside(at);
        return;
      }
      for (const piece of splitter.add(chunk)) {
        if (addresses === undefined) addresses = decodeAddresses(piece);
        else intake.add(piece);
        await turnOf(timers);
        if (isOver()) return;
      }
    }
    splitter.end();
    return { addresses: addresses ?? [], intake };
  } finally {
    await reader.close();
  }
}

/** The members' names, as the newest body has them whose beginning is what was written. */
export async function readAddresses(store: SnapshotStore): Promise<readonly Address[]> {
  for (const { index: at } of store.list()) {
    const reader = await store.open(at);
    const splitter = new FrameSplitter();
    try {
      for (let number = 0; number < (reader?.manifest.checksums.length ?? 0); number++) {
        const chunk = await reader?.chunk(number);
        if (chunk === undefined) break;
        const [first] = splitter.add(chunk);
        if (first !== undefined) return decodeAddresses(first);
      }
    } finally {
      await reader?.close();
    }
  }
  return [];
}

export const noBody = (at: Index): RaftoralError =>
  new RaftoralError(
    "log-damaged",
    `the snapshot at ${at} is not what was written, the log before it is gone, and no other ` +
      "member has either. Look with `raftoral doctor`, and put back a copy of the whole directory",
  );
