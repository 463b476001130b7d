import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

const INSTALL_TIMEOUT_MS = 300_000;

/**
 * Path of a nats-server: `NATS_SERVER`, else the first on PATH; on Debian as root the package is
 * installed where there is none.
 * @throws Error that says how to get one
 */
export function findNatsServer(): string {
  const { NATS_SERVER: named } = process.env;
  if (named !== undefined && named !== "") {
    if (isExecutable(named)) return named;
    throw new Error(`NATS_SERVER=${named} is no program`);
  }
  const found = onPath() ?? (canInstall() ? installed() : undefined);
  if (found !== undefined) return found;
  throw new Error(
    "no nats-server on PATH: install it (Debian, Ubuntu: apt-get install nats-server; " +
      "macOS: brew install nats-server; others: " +
      "https://github.com/nats-io/nats-server/releases), or name one by NATS_SERVER=/path",
  );
}

function onPath(): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, "nats-server")).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function canInstall(): boolean {
  const isDebian = existsSync("/etc/os-release")
    ? /^ID(_LIKE)?=.*debian/m.test(readFileSync("/etc/os-release", "utf8"))
    : false;
  return isDebian && process.getuid?.() === 0;
}

function installed(): string | undefined {
  console.error("installing the Debian package nats-server");
  const run = (...args: readonly string[]): void => {
    execFileSync("apt-get", args, {
      stdio: ["ignore", "ignore", "inherit"],
      timeout: INSTALL_TIMEOUT_MS,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  };
  const install = ["install", "-y", "--no-install-recommends", "nats-server"];
  try {
    run(...install);
  } catch {
    // The list of packages may be missing or old.
    run("update");
    run(...install);
  }
  return onPath();
}
