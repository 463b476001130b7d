import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const MODULE = fileURLToPath(new URL("./node-module.ts", import.meta.url));

export interface NodeProcessOptions {
  readonly name: string;
  readonly flags: readonly string[];
  readonly shopUrl: string;
  /** Hears of each effect that runs there. */
  readonly onEffect: (effect: { readonly workflowId: string }) => void;
}

/** One member as a process of its own: what `raftoral node` is. */
export interface NodeProcess {
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Settles when it is up. */
export async function startNodeProcess(options: NodeProcessOptions): Promise<NodeProcess> {
  const { flags, name, onEffect, shopUrl } = options;
  const args = ["node", MODULE, "--name", name, "--log-level", "error", "--json", ...flags];
  const child = spawn(process.execPath, [...process.execArgv, MAIN, ...args], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, SHOP_URL: shopUrl },
  });
  child.on("message", (message) => {
    if (typeof message !== "object" || !("workflowId" in message)) return;
    onEffect({ workflowId: String(message.workflowId) });
  });
  const exited = once(child, "exit");
  await Promise.race([isUp(child), exited.then(([code]) => failed(name, code))]);
  return {
    kill: async (signal) => {
      child.kill(signal);
      await exited;
    },
  };
}

function isUp({ stdout }: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (stdout === null) return;
    createInterface(stdout).on("line", (line) => {
      if (line.includes('"event":"up"')) resolve();
    });
  });
}

function failed(name: string, code: unknown): never {
  throw new Error(`the node process ${name} ended with ${code} before it was up`);
}
