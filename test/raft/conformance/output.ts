// What one command says: its own lines, and log lines of the level that the script wants.

const LEVELS = ["debug", "info", "warn", "error", "fatal", "none"] as const;
export type Level = (typeof LEVELS)[number];

export interface LogLine {
  readonly level: Level;
  readonly text: string;
}

export function parseLevel(text: string): Level {
  const level = LEVELS.find((known) => known === text.toLowerCase());
  if (level === undefined) throw new Error(`unknown log level ${text}`);
  return level;
}

export class Output {
  level: Level = "debug";
  #text = "";

  /** At `none` nothing is written at all. */
  get isQuiet(): boolean {
    return this.level === "none";
  }

  write(text: string): void {
    if (!this.isQuiet) this.#text += text;
  }

  log({ level, text }: LogLine): void {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(this.level)) return;
    this.write(`${level.toUpperCase()} ${text}\n`);
  }

  /** What `body` writes stands under `title`. */
  section(title: string, body: () => void): void {
    const before = this.#text;
    this.#text = "";
    body();
    const inner = this.#text.replaceAll(/^(?=.)/gm, "  ");
    this.#text = before;
    this.write(`> ${title}\n${inner}`);
  }

  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }
}
