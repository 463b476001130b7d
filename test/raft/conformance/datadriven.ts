// Scripts of commands and what they answer, in the format of the public scripts:
//
//   command key key=value key=(a, b)
//   input…
//   ----
//   expected…

export interface Argument {
  readonly key: string;
  /** None for a bare key. */
  readonly values: readonly string[];
}

export interface Command {
  /** Of the directive, from 1. */
  readonly line: number;
  readonly name: string;
  readonly args: readonly Argument[];
  readonly input: string;
  readonly expected: string;
}

const SEPARATOR = "----";

/** Lines, taken from the front. */
class Lines {
  readonly #lines: readonly string[];
  #at = 0;

  constructor(text: string) {
    const lines = text.split(/\r?\n/);
    // The last line break ends a line, it begins none.
    if (lines.at(-1) === "") lines.pop();
    this.#lines = lines;
  }

  /** Of the line that was taken last, from 1. */
  get number(): number {
    return this.#at;
  }

  peek(): string | undefined {
    return this.#lines[this.#at];
  }

  take(): string | undefined {
    const line = this.#lines[this.#at];
    if (line !== undefined) this.#at++;
    return line;
  }
}

export function parseScript(text: string): readonly Command[] {
  const lines = new Lines(text);
  const commands: Command[] = [];
  for (let line = lines.take(); line !== undefined; line = lines.take()) {
    let directive = line.trim();
    if (directive === "" || directive.startsWith("#")) continue;
    const number = lines.number;
    while (directive.endsWith("\\")) {
      directive = `${directive.slice(0, -1).trim()} ${lines.take()?.trim() ?? ""}`.trim();
    }
    commands.push({ line: number, ...parseDirective(directive), ...parseBody(lines) });
  }
  return commands;
}

function parseBody(lines: Lines): Pick<Command, "input" | "expected"> {
  const input: string[] = [];
  for (let line = lines.take(); line !== undefined; line = lines.take()) {
    if (line === SEPARATOR) return { input: joined(input), expected: parseExpected(lines) };
    input.push(line);
  }
  return { input: joined(input), expected: "" };
}

const joined = (input: readonly string[]): string => input.join("\n").trim();

function parseExpected(lines: Lines): string {
  if (lines.peek() === SEPARATOR) {
    lines.take();
    return parseFenced(lines);
  }
  let expected = "";
  for (let line = lines.take(); line !== undefined; line = lines.take()) {
    if (line.trim() === "") break;
    expected += `${line}\n`;
  }
  return expected;
}

/** Between two separators on each side, blank lines belong to what is expected. */
function parseFenced(lines: Lines): string {
  let expected = "";
  for (let line = lines.take(); line !== undefined; line = lines.take()) {
    if (line === SEPARATOR && lines.peek() === SEPARATOR) {
      lines.take();
      const after = lines.take() ?? "";
      if (after !== "") throw new Error(`line ${lines.number}: not empty after a fence: ${after}`);
      return expected;
    }
    expected += `${line}\n`;
  }
  throw new Error("a fence without an end");
}

function parseDirective(directive: string): Pick<Command, "name" | "args"> {
  const end = directive.indexOf(" ");
  if (end === -1) return { name: directive, args: [] };
  const args: Argument[] = [];
  let rest = directive.slice(end).trim();
  while (rest !== "") {
    const { argument, length } = parseArgument(rest);
    args.push(argument);
    rest = rest.slice(length).trim();
  }
  return { name: directive.slice(0, end), args };
}

function parseArgument(text: string): { readonly argument: Argument; readonly length: number } {
  const key = /^[^ =]*/.exec(text)?.[0] ?? "";
  if (text[key.length] !== "=") return { argument: { key, values: [] }, length: key.length };
  const start = key.length + 1;
  if (text[start] !== "(") {
    const value = /^[^ ]*/.exec(text.slice(start))?.[0] ?? "";
    return { argument: { key, values: [value] }, length: start + value.length };
  }
  const { values, length } = parseList(text.slice(start));
  return { argument: { key, values }, length: start + length };
}

/** `text` begins with a parenthesis. Commas within further ones separate nothing. */
function parseList(text: string): { readonly values: readonly string[]; readonly length: number } {
  const values: string[] = [];
  let depth = 0;
  let start = 1;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === "(") depth++;
    if (letter === ")") depth--;
    if (depth === 0) {
      const last = text.slice(start, at).trim();
      if (last !== "" || values.length > 0) values.push(last);
      return { values, length: at + 1 };
    }
    if (letter === "," && depth === 1) {
      values.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  throw new Error(`no closing parenthesis: ${text}`);
}

/** What a script writes for true and false. */
export function parseBoolean(text: string): boolean {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) return true;
  if (["0", "f", "F", "FALSE", "false", "False"].includes(text)) return false;
  throw new Error(`not a boolean: ${text}`);
}

export function parseNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`not a number: ${text}`);
  return Number(text);
}
