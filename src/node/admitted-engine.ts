import { RaftoralError } from "../errors.ts";
import type { Transport } from "../transport/port.ts";
import type { EngineConfig } from "./config.ts";
import { Engine, type EngineParts, type EngineSurroundings } from "./engine.ts";
import { type Admission, askForValues, Seeker } from "./joining.ts";

/**
 * An engine with an identity and a log, before it is opened: it has neither heard nor said a word.
 * @throws RaftoralError `join-refused`, `log-damaged`, `not-connected`, `not-authorized`,
 * `name-in-use`, `version-mismatch`, `values-mismatch`, `invalid-argument` (a directory of another
 * name's).
 */
export async function admittedEngine(
  parts: Pick<EngineParts, "around" | "catalogue" | "config" | "log" | "observed">,
): Promise<Engine> {
  const { around, config, log } = parts;
  const { home } = around;
  const transport = await around.network.join(config.name);
  if (config.dataDir === undefined) {
    log.info("no dataDir: what this node knows lives in memory, and ends with the process");
  }
  try {
    const admission = await admit(config, around, transport);
    const isNew = home.identity === undefined;
    if (!isNew) await home.keep(admission.identity);
    const store = await home.openLog();
    try {
      // Its log is there before it is anybody: who is somebody and has no log has lost it.
      if (isNew) await home.keep(admission.identity);
      const snapshots = await home.openSnapshots();
      return new Engine({ ...parts, transport, admission, store, snapshots });
    } catch (error) {
      store.close();
      throw error;
    }
  } catch (error) {
    transport.close();
    throw error;
  }
}

async function admit(
  config: EngineConfig,
  { home, ports }: EngineSurroundings,
  transport: Transport,
): Promise<Admission> {
  const { identity } = home;
  if (identity === undefined) return new Seeker({ config, ports, home, transport }).seek();
  const { hasNetwork, name, valueTerms } = config;
  if (identity.name !== undefined && identity.name !== name) {
    throw anotherName(home.place, identity.name, name);
  }
  const isChanged = identity.valueTerms !== valueTerms;
  if (isChanged && hasNetwork) await askForValues({ config, transport }, identity);
  return { identity: { ...identity, name, valueTerms }, members: [{ id: identity.node, name }] };
}

/** The others know it by its name: under another one nobody would hear it, or two would be it. */
const anotherName = (place: string, own: string, name: string): RaftoralError =>
  new RaftoralError(
    "invalid-argument",
    `${place} is the directory of node "${own}", and this one is called "${name}": start it as ` +
      `"${own}", or give this node a directory of its own`,
  );
