import path from "node:path";
import process from "node:process";
import * as language from "raftoral";
import { provideCompute, stepThrough } from "raftoral/testing";
import { ts } from "ts-morph";
import { prng } from "../../../src/std/prng.ts";
import type { GeneratedBody } from "./bodies.ts";

/** What a host gives a process: two of them agree in nothing. */
interface Host {
  readonly zone: string;
  readonly nowMs: number;
  readonly seed: number;
  readonly variable: string;
  readonly locale: string;
  readonly name: string;
  readonly folder: string;
}

const HERE: Host = {
  zone: "Pacific/Auckland",
  nowMs: 1_600_000_000_123,
  seed: 1,
  variable: "7",
  locale: "de-DE",
  name: "here",
  folder: "/here",
};
const THERE: Host = {
  zone: "America/St_Johns",
  nowMs: 1_800_000_000_456,
  seed: 2,
  variable: "8",
  locale: "sv-SE",
  name: "over-there",
  folder: "/srv/over/there",
};

/**
 * Runs a body on one host and replays it, with what its effects gave there, on another: whether
 * it asks for something else there. There it runs twice in one process, as a standby does.
 */
export function differs(body: GeneratedBody): boolean {
  const here = on(HERE, () => traceOf(moduleOf(body, HERE)));
  const there = on(THERE, () => {
    const wf = moduleOf(body, THERE);
    return [traceOf(wf), traceOf(wf)];
  });
  return there.some((trace) => trace !== here);
}

/** The module, loaded anew. */
function moduleOf({ text }: GeneratedBody, host: Host): language.Workflow<number, number> {
  const target = ts.ScriptTarget.ES2022;
  const code = ts.transpile(text.replace("export const wf =", "return"), { target });
  const { all, checkpoint, compute, sleep, workflow } = language;
  const os = { hostname: () => host.name };
  const given = { all, checkpoint, compute, sleep, workflow, os, path };
  return new Function(...Object.keys(given), code)(...Object.values(given));
}

/** All that it asked for and how it ended, under the same answers. */
function traceOf(wf: language.Workflow<number, number>): string {
  const names = Array.from({ length: 8 }, (_, i) => [`e${i}`, `l${i}`, `r${i}`]).flat();
  const providers = names.map((name, i) => provideCompute(name, 11 + i * 7));
  const run = stepThrough(wf, 5, { replay: false });
  run.runToEnd(providers);
  return JSON.stringify(run.trace());
}

/** Does it under this host's clock, chance, zone and environment, and puts back what was there. */
function on<T>(host: Host, work: () => T): T {
  const { TZ, RAFTORAL_ORACLE } = process.env;
  const { random } = Math;
  const { cwd } = process;
  const RealDate = Date;
  const chance = prng(host.seed);
  const localeBack = inLocale(host.locale);
  process.cwd = () => host.folder;
  process.env["TZ"] = host.zone;
  process.env["RAFTORAL_ORACLE"] = host.variable;
  Math.random = () => chance.below(1_000_000) / 1_000_000;
  globalThis.Date = dateAt(host.nowMs, RealDate);
  try {
    return work();
  } finally {
    globalThis.Date = RealDate;
    Math.random = random;
    process.cwd = cwd;
    localeBack();
    put("TZ", TZ);
    put("RAFTORAL_ORACLE", RAFTORAL_ORACLE);
  }
}

/**
 * A process cannot change its locale: what takes it where none is given takes this one instead.
 * Gives the way back.
 */
function inLocale(locale: string): () => void {
  const { NumberFormat, Collator } = Intl;
  const writtenNumber = Number.prototype.toLocaleString;
  const { localeCompare } = String.prototype;
  Number.prototype.toLocaleString = function (locales, options) {
    return writtenNumber.call(this, locales ?? locale, options);
  };
  String.prototype.localeCompare = function (
    that: string,
    locales?: string | string[] | Intl.LocalesArgument,
    options?: Intl.CollatorOptions,
  ) {
    return localeCompare.call(this, that, locales ?? locale, options);
  };
  const construct = <T extends object>(Real: new (...args: never[]) => T, args: unknown[]): T =>
    Reflect.construct(Real, [args[0] ?? locale, args[1]]);
  Intl.NumberFormat = new Proxy(NumberFormat, { construct });
  Intl.Collator = new Proxy(Collator, { construct });
  return () => {
    Number.prototype.toLocaleString = writtenNumber;
    String.prototype.localeCompare = localeCompare;
    Object.assign(Intl, { NumberFormat, Collator });
  };
}

/** A Date whose now is elsewhere; each look at it is a millisecond later. */
function dateAt(nowMs: number, Real: DateConstructor): DateConstructor {
  let ms = nowMs;
  const now = (): number => {
    ms += 1;
    return ms;
  };
  return new Proxy(Real, {
    construct: (target, args) => Reflect.construct(target, args.length === 0 ? [now()] : args),
    get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
  });
}

function put(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
