import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Shop {
  /** Where it listens: `http://127.0.0.1:PORT`. */
  readonly base: string;
  stop(): Promise<void>;
}

/** Starts the payment and inventory server as a process of its own. */
export async function startShop(options: { readonly delayMs?: number } = {}): Promise<Shop> {
  const server = fileURLToPath(new URL("./server.ts", import.meta.url));
  const args = [...process.execArgv, server, "--delay-ms", String(options.delayMs ?? 0)];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const started = once(createInterface(child.stdout), "line");
  const [line] = await Promise.race([started, exited.then(() => ["{}"])]);
  const { port } = JSON.parse(line);
  if (port === undefined) throw new Error("the shop server ended before it listened");
  return {
    base: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
