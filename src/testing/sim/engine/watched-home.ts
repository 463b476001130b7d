// A node's home, seen from outside: what its log and its snapshots go through.

import type { NodeHome } from "../../../node/identity.ts";
import type { Index } from "../../../std/ids.ts";
import type { LogStore } from "../../../storage/port.ts";
import type { SnapshotManifest } from "../../../storage/snapshot-codec.ts";
import type { SnapshotStore, SnapshotWriter } from "../../../storage/snapshot-port.ts";

export interface HomeWatch {
  readonly mark: (what: string) => void;
  onOpened(store: LogStore): void;
  /** What lies before this place of its log goes now. */
  onCut(store: LogStore, upTo: Index): void;
  /** A part of a snapshot came from another member, and more are to come. */
  onPart(): void;
}

export function watched(home: NodeHome, watch: HomeWatch): NodeHome {
  return {
    ...home,
    openLog: async () => {
      const store = await home.openLog();
      if (store.faulty.length > 0) watch.mark("entries of a node's log are faulty");
      const seen = watchedLog(store, watch);
      watch.onOpened(seen);
      return seen;
    },
    openSnapshots: async () => watchedSnapshots(await home.openSnapshots(), watch),
  };
}

/** By its own methods: it has private parts. */
function watchedLog(store: LogStore, { mark, onCut }: HomeWatch): LogStore {
  return {
    get isBlank() {
      return store.isBlank;
    },
    get faulty() {
      return store.faulty;
    },
    get isFull() {
      return store.isFull;
    },
    mend: (what, done) => {
      mark("a node's log is mended");
      store.mend(what, done);
    },
    save: (what, done) => {
      if (what.snapshot !== undefined) mark("a snapshot is installed");
      store.save(what, done);
    },
    cut: (snapshot, done) => {
      mark("a log is cut");
      onCut(store, snapshot.index);
      store.cut(snapshot, done);
    },
    listen: (listener) => store.listen(listener),
    lookForRoom: () => store.lookForRoom(),
    close: () => store.close(),
    initialState: () => store.initialState(),
    firstIndex: () => store.firstIndex(),
    lastIndex: () => store.lastIndex(),
    term: (at) => store.term(at),
    entries: (...range) => store.entries(...range),
    snapshot: () => store.snapshot(),
  };
}

function watchedSnapshots(store: SnapshotStore, watch: HomeWatch): SnapshotStore {
  return {
    list: () => store.list(),
    open: (at) => store.open(at),
    setAside: (at) => {
      watch.mark("a snapshot is set aside");
      return store.setAside(at);
    },
    create: (expected) => watchedWriter(store.create(expected), expected, watch),
  };
}

function watchedWriter(
  writer: SnapshotWriter,
  expected: SnapshotManifest | undefined,
  { mark, onPart }: HomeWatch,
): SnapshotWriter {
  return {
    get size() {
      return writer.size;
    },
    write: async (bytes) => {
      const isExpected = await writer.write(bytes);
      if (expected !== undefined && writer.size < expected.bytes) onPart();
      return isExpected;
    },
    finish: async (what, takenAtMs) => {
      const snapshot = await writer.finish(what, takenAtMs);
      mark(expected === undefined ? "a snapshot is taken" : "a snapshot comes from a member");
      return snapshot;
    },
    abort: () => writer.abort(),
  };
}
