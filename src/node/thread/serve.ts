import { assert } from "../../std/assert.ts";
import { admittedEngine } from "../admitted-engine.ts";
import type { EngineConfig } from "../config.ts";
import { diskError } from "../disk-error.ts";
import type { Engine, EngineSurroundings } from "../engine.ts";
import type { GroupEvent, GroupReply } from "../group-machine.ts";
import type { NodeLog } from "../log.ts";
import { EngineEnd } from "./engine-end.ts";
import { Feed } from "./feed.ts";
import { type EngineLink, errorData, type ThreadLimits, threadLimits } from "./messages.ts";
import { Outgoing } from "./outgoing.ts";
import type { Page } from "./page.ts";
import { Tally } from "./tally.ts";
import { Watch } from "./watch.ts";

export interface ServeParts {
  readonly config: EngineConfig;
  readonly catalogue: readonly string[];
  readonly log: NodeLog;
  readonly link: EngineLink;
  readonly page: Page;
  readonly limits?: Partial<ThreadLimits>;
  /** The process's end, as no event loop of its user's side can have a say in it. */
  readonly exit: () => void;
  /** @throws RaftoralError: then the other side is told, and nothing is served */
  surroundings(): Promise<EngineSurroundings>;
}

/** Makes an engine, and serves it over the link; undefined: it was refused, and that is told. */
export async function serveEngine(parts: ServeParts): Promise<EngineEnd | undefined> {
  const { link, page } = parts;
  const limits = { ...threadLimits, ...parts.limits };
  const out = new Outgoing(link, page);
  const tally = new Tally();
  let feed: Feed<GroupReply, GroupEvent> | undefined;
  let around: EngineSurroundings | undefined;
  let engine: Engine;
  try {
    around = await parts.surroundings();
    const { timers } = around.ports;
    engine = await admittedEngine({
      ...parts,
      around,
      observed: (machine) => {
        feed = new Feed({ machine, out, tally, timers, limits });
        return feed.machine;
      },
    });
  } catch (error) {
    await around?.home.leave();
    out.post({ kind: "refused", error: errorData(diskError(parts.config.name, error)) });
    return;
  }
  assert(feed !== undefined, "an engine's machine is observed");
  const { clock, timers } = around.ports;
  const { ownerBlockedLimitMs } = parts.config;
  const { beatMs } = limits;
  const state = engine.machine.workflows;
  const watch = new Watch({ clock, log: parts.log, out, page, state, beatMs, ownerBlockedLimitMs });
  const exit = parts.config.onBlocked === "exit" ? parts.exit : undefined;
  const end = new EngineEnd({
    engine,
    feed,
    out,
    tally,
    watch,
    log: parts.log,
    timers,
    limits,
    exit,
  });
  link.listen((message) => end.take(message));
  return end;
}
