import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";

/** The same, wherever the process goes to later. */
export const absolute = (directory: string): string => resolve(directory);

/**
 * Names where a process id tells one process from another: on Linux one boot of the machine and one
 * process namespace (a container has its own), elsewhere the machine.
 */
export function thisPlace(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const [namespace = ""] = /\d+/.exec(readlinkSync("/proc/self/ns/pid")) ?? [];
    return `${boot}/${namespace}`;
  } catch {
    return hostname().replace(/\s/g, "-");
  }
}
