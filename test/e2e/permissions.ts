import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nkeys } from "nats";
import { type NatsServer, startNatsServer } from "../../examples/nats/server.ts";

/** Nothing that `from` publishes for `to` passes: no message, no request, no answer. */
export interface Refusal {
  readonly from: string;
  readonly to: string;
}

export interface PermissionsOptions {
  readonly folder: string;
  readonly cluster: string;
  readonly nodes: readonly string[];
  readonly clients: readonly string[];
}

interface User {
  readonly publicKey: string;
  readonly seed: string;
  readonly seedPath: string;
}

/** The server's configuration: each process has its own key, and may only what its name may. */
export class Permissions {
  readonly configPath: string;
  readonly #options: PermissionsOptions;
  readonly #users: ReadonlyMap<string, User>;

  constructor(options: PermissionsOptions) {
    this.#options = options;
    const folder = join(options.folder, "keys");
    mkdirSync(folder);
    const names = [...options.nodes, ...options.clients];
    this.#users = new Map(names.map((name) => [name, newUser(folder, name)]));
    this.configPath = join(options.folder, "nats.conf");
    this.refuse([]);
  }

  user(name: string): User {
    const user = this.#users.get(name);
    if (user === undefined) throw new Error(`no user ${name}`);
    return user;
  }

  /** From the server's next reload or start on these are refused, and no others. */
  refuse(refusals: readonly Refusal[]): void {
    const { clients, nodes } = this.#options;
    const users = [
      ...nodes.map((name) => this.#node(name, refusals)),
      ...clients.map((name) => this.#client(name)),
    ];
    writeFileSync(this.configPath, JSON.stringify({ authorization: { users } }, undefined, 1));
  }

  #node(name: string, refusals: readonly Refusal[]): object {
    const own = `rft.${this.#options.cluster}`;
    const deny = refusals
      .filter(({ from }) => from === name)
      .flatMap(({ to }) => [`${own}.${to}.>`, `_INBOX.${to}.>`]);
    const allow = [`${own}.*.raft.${name}`, `${own}.*.rpc.${name}`, `${own}.join.${name}`];
    const subscribe = [`${own}.${name}.>`, `${own}.join.*`, `${own}.api.* api`, `_INBOX.${name}.>`];
    const publish = { allow: [...allow, "_INBOX.*.>"], ...(deny.length > 0 ? { deny } : {}) };
    return { nkey: this.user(name).publicKey, permissions: { publish, subscribe } };
  }

  #client(name: string): object {
    const publish = [`rft.${this.#options.cluster}.api.${name}`];
    const permissions = { publish, subscribe: [`_INBOX.${name}.>`] };
    return { nkey: this.user(name).publicKey, permissions };
  }
}

function newUser(folder: string, name: string): User {
  const pair = nkeys.createUser();
  const seed = new TextDecoder().decode(pair.getSeed());
  const seedPath = join(folder, `${name}.nk`);
  writeFileSync(seedPath, seed);
  return { publicKey: pair.getPublicKey(), seed, seedPath };
}

const RELOAD_MS = 10_000;

/** A server that refuses what it is told to, without a connection lost. */
export class RefusingServer {
  readonly nats: NatsServer;
  readonly permissions: Permissions;
  readonly #log: ServerLog;

  static async start(permissions: Permissions): Promise<RefusingServer> {
    const log: ServerLog = { violations: 0, onReloaded: () => {} };
    const onLine = (line: string): void => {
      if (line.includes("Publish Violation")) log.violations++;
      if (line.includes("Reloaded server configuration")) log.onReloaded();
    };
    const nats = await startNatsServer({ config: permissions.configPath, onLine });
    return new RefusingServer(nats, permissions, log);
  }

  private constructor(nats: NatsServer, permissions: Permissions, log: ServerLog) {
    this.nats = nats;
    this.permissions = permissions;
    this.#log = log;
  }

  /** What it refused, by its own log. */
  get violations(): number {
    return this.#log.violations;
  }

  /** Settles when the server does so. */
  async refuse(refusals: readonly Refusal[]): Promise<void> {
    this.permissions.refuse(refusals);
    const reloaded = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("the server does not reload")), RELOAD_MS);
      this.#log.onReloaded = () => {
        clearTimeout(late);
        resolve();
      };
    });
    this.nats.signal("SIGHUP");
    await reloaded;
  }
}

interface ServerLog {
  violations: number;
  onReloaded(): void;
}
