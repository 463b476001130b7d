// A directory that several lives of one test node use, one after the other.

import { openDiskHome } from "../node/disk-home.ts";
import type { NodeHome } from "../node/identity.ts";
import { type Deferred, deferred } from "../std/deferred.ts";
import type { LogStore } from "../storage/port.ts";

/** One life's hold on the directory. */
export interface DiskPlace {
  readonly home: NodeHome;
  /**
   * The life has ended without a goodbye: it hears of no write any more. What was under way comes
   * to its end first, as the kernel would see to it, before the next life may begin.
   */
  die(): Promise<void>;
}

/** @throws RaftoralError `directory-in-use`, `log-damaged` */
export async function openDiskPlace(directory: string): Promise<DiskPlace> {
  const home = await openDiskHome(directory);
  const mortal: { store: Mortal | undefined } = { store: undefined };
  return {
    home: {
      ...home,
      openLog: async () => {
        mortal.store = new Mortal(await home.openLog());
        return mortal.store.log;
      },
    },
    die: async () => {
      await mortal.store?.die();
      await home.leave();
    },
  };
}

class Mortal {
  readonly log: LogStore;
  #isDead = false;
  #writing: Deferred<void> | undefined;

  constructor(log: LogStore) {
    this.log = log;
    const save = log.save.bind(log);
    log.save = (what, done) => {
      if (this.#isDead) return;
      const writing = deferred<void>();
      this.#writing = writing;
      save(what, (failure) => {
        this.#writing = undefined;
        writing.resolve();
        if (!this.#isDead) done(failure);
      });
    };
  }

  async die(): Promise<void> {
    this.#isDead = true;
    await this.#writing?.promise;
    this.log.close();
  }
}
