import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { findNatsServer } from "./find.ts";

/** A nats-server of one's own, on loopback. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  /** Undefined while it is down. */
  readonly pid: number | undefined;
  /** As kill -9; `start` brings it back on the same port. */
  kill(): Promise<void>;
  start(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 10_000;

export interface NatsServerOptions {
  /** Path of a file. Default: none. */
  readonly config?: string;
  /** What the server writes to its log. */
  readonly onLine?: (line: string) => void;
}

/** By default without a configuration, and on a port that is free. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const server = new Server(findNatsServer(), options);
  await server.start();
  return server;
}

class Server implements NatsServer {
  readonly #program: string;
  readonly #options: NatsServerOptions;
  #child: ChildProcess | undefined;
  /** -1: the server takes a free one. */
  port = -1;

  constructor(program: string, options: NatsServerOptions) {
    this.#program = program;
    this.#options = options;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    const { config, onLine = () => {} } = this.#options;
    const configured = config === undefined ? [] : ["-c", config];
    const args = ["-a", "127.0.0.1", "-p", `${this.port}`, ...configured];
    const child = spawn(this.#program, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    this.port = await listening(child, onLine);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }
}

/** The server says on stderr where it listens. */
function listening(child: ChildProcess, onLine: (line: string) => void): Promise<number> {
  const said: string[] = [];
  let port = 0;
  return new Promise((resolve, reject) => {
    const fail = (why: string): void =>
      reject(new Error(`nats-server ${why}:\n${said.slice(-10).join("\n")}`));
    const timer = setTimeout(() => fail("does not listen"), START_TIMEOUT_MS);
    child.on("error", (error) => fail(error.message));
    child.on("exit", (code) => fail(`ended with ${code}`));
    if (child.stderr === null) return;
    // Read on to its end: a full pipe would stop the server.
    createInterface(child.stderr).on("line", (line) => {
      said.push(line);
      onLine(line);
      if (said.length > 100) said.shift();
      port = Number(/Listening for client connections on .*:(\d+)/.exec(line)?.[1] ?? port);
      if (!/Server is ready/.test(line)) return;
      clearTimeout(timer);
      resolve(port);
    });
  });
}
