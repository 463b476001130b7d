import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Client, connect } from "raftoral";
import { type NatsServer, startNatsServer } from "../../examples/nats/server.ts";
import { compiled, compiledPath } from "../fixtures/compiled.ts";
import { type NatsProxy, startProxy } from "../fixtures/nats/proxy.ts";
import { type EffectServer, startEffectServer } from "./effect-server.ts";
import { Permissions, RefusingServer } from "./permissions.ts";

export const CLUSTER = "e2e";
export const FOUNDERS: readonly string[] = ["a", "b", "c"];
/** Whom the server lets in beside the founders. */
const JOINERS: readonly string[] = ["d"];
export const CLIENTS: readonly string[] = ["c1", "c2", "c3", "c4"];
export const OPERATOR = "operator";

interface Place {
  readonly proxy: NatsProxy;
  child: ChildProcess | undefined;
  exited: Promise<unknown>;
}

export interface WorldOptions {
  /** What the nodes run. Default: that of the end-to-end suite. */
  readonly module?: string;
  /**
   * For measurements: no proxies between, no keys, and the library as it is shipped, from dist:
   * tsx wraps every closure to keep its name.
   */
  readonly isBare?: boolean;
  readonly onMessage?: (from: string, message: unknown) => void;
}

interface WorldParts {
  readonly folder: string;
  readonly options: WorldOptions;
  readonly refusing: RefusingServer | undefined;
  readonly nats: NatsServer;
  readonly effects: EffectServer;
}

function refusingServer(folder: string): Promise<RefusingServer> {
  const nodes = [...FOUNDERS, ...JOINERS];
  const clients = [...CLIENTS, OPERATOR];
  return RefusingServer.start(new Permissions({ folder, cluster: CLUSTER, nodes, clients }));
}

/** Real processes, each behind a proxy of its own, on directories, over one nats-server. */
export class World {
  readonly nats: NatsServer;
  readonly effects: EffectServer;
  readonly #folder: string;
  readonly #options: WorldOptions;
  readonly #refusing: RefusingServer | undefined;
  readonly #places = new Map<string, Place>();

  static async open(folder: string, options: WorldOptions = {}): Promise<World> {
    const refusing = options.isBare === true ? undefined : await refusingServer(folder);
    const nats = refusing?.nats ?? (await startNatsServer());
    const effects = await startEffectServer();
    const world = new World({ folder, options, refusing, nats, effects });
    await Promise.all(FOUNDERS.map((name) => world.start(name)));
    return world;
  }

  private constructor({ effects, folder, nats, options, refusing }: WorldParts) {
    this.#folder = folder;
    this.#options = options;
    this.#refusing = refusing;
    this.nats = nats;
    this.effects = effects;
  }

  /** The server, where it can be told to refuse. */
  get refusing(): RefusingServer {
    if (this.#refusing === undefined) throw new Error("this world's server refuses nothing");
    return this.#refusing;
  }

  get names(): readonly string[] {
    return [...this.#places.keys()];
  }

  client(name: string): Promise<Client> {
    const nkeySeed = this.#refusing?.permissions.user(name).seed;
    return connect({
      name,
      cluster: CLUSTER,
      nats: { servers: this.nats.url, ...(nkeySeed === undefined ? {} : { nkeySeed }) },
      callTimeout: "15s",
      connectTimeout: "30s",
      logLevel: "silent",
    });
  }

  /** Starts it, anew or again on its directory; settles when it is up. */
  async start(name: string): Promise<void> {
    const proxy = this.#places.get(name)?.proxy ?? (await startProxy(this.nats.port));
    const child = spawn(
      process.execPath,
      [...(await this.#program()), ...this.#args(name, proxy)],
      {
        stdio: ["ignore", "pipe", "inherit", "ipc"],
        env: { ...this.#env, EFFECT_SERVER: this.effects.url, NODE_NAME: name },
      },
    );
    const exited = once(child, "exit");
    this.#places.set(name, { proxy, child, exited });
    child.on("message", (message) => this.#options.onMessage?.(name, message));
    const said: string[] = [];
    const up = new Promise<"up">((resolve) => {
      if (child.stdout === null) return;
      createInterface(child.stdout).on("line", (line) => {
        if (said.length < 50) said.push(line);
        if (line.includes('"event":"up"')) resolve("up");
      });
    });
    const first = await Promise.race([up, exited]);
    if (first !== "up") throw new Error(`${name} ended before it was up: ${said.join("\n")}`);
  }

  async kill(name: string): Promise<void> {
    const place = this.#place(name);
    place.child?.kill("SIGKILL");
    await place.exited;
    place.child = undefined;
  }

  signal(name: string, signal: "SIGSTOP" | "SIGCONT"): void {
    this.#place(name).child?.kill(signal);
  }

  block(name: string, blockMs: number): void {
    this.#place(name).child?.send({ blockMs });
  }

  proxy(name: string): NatsProxy {
    return this.#place(name).proxy;
  }

  /** It was taken out: its process ends by itself, its directory is of no use any more. */
  async forget(name: string): Promise<void> {
    const place = this.#place(name);
    await place.exited;
    await place.proxy.close();
    this.#places.delete(name);
    rmSync(join(this.#folder, name), { recursive: true, force: true });
  }

  /** Everything as it should be: no proxy in the way, every process running. */
  async heal(): Promise<void> {
    if (this.nats.pid === undefined) await this.nats.start();
    this.nats.signal("SIGCONT");
    await this.#refusing?.refuse([]);
    for (const [name, { child, proxy }] of this.#places) {
      proxy.heal();
      if (child === undefined) await this.start(name);
      else child.kill("SIGCONT");
    }
  }

  async close(): Promise<void> {
    for (const name of this.names) await this.kill(name);
    for (const { proxy } of this.#places.values()) await proxy.close();
    await this.nats.stop();
    await this.effects.close();
  }

  get #env(): NodeJS.ProcessEnv {
    // As it is deployed: nothing watches over what user code asks of the platform.
    return this.#options.isBare === true ? { ...process.env, NODE_ENV: "production" } : process.env;
  }

  #args(name: string, proxy: NatsProxy): readonly string[] {
    const data = join(this.#folder, name);
    mkdirSync(data, { recursive: true });
    const founding = FOUNDERS.includes(name) ? ["--expect", FOUNDERS.join(",")] : ["--join"];
    const url = this.#options.isBare === true ? this.nats.url : proxy.url;
    const where = ["--cluster", CLUSTER, "--nats", url, "--data", data];
    const seedPath = this.#refusing?.permissions.user(name).seedPath;
    const key = seedPath === undefined ? [] : ["--nkey", seedPath];
    const how = ["--name", name, "--json", "--log-level", "error", ...key];
    return [...where, ...how, ...founding];
  }

  /** What is run, up to its flags. */
  async #program(): Promise<readonly string[]> {
    const { module = "test/e2e/module.ts", isBare = false } = this.#options;
    if (isBare) return ["--import", "tsx", "dist/src/cli/main.js", "node", module];
    const folder = await compiled();
    return [compiledPath(folder, "src/cli/main.ts"), "node", compiledPath(folder, module)];
  }

  #place(name: string): Place {
    const place = this.#places.get(name);
    if (place === undefined) throw new Error(`no process ${name}`);
    return place;
  }
}
