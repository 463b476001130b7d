/** What a process of tests prints, a file at a time, since two may run at once. */
export class Blocks {
  readonly #headers: ReadonlySet<string>;
  readonly #show: (text: string) => void;
  #block = "";
  /** The last line so far, not ended yet. */
  #line = "";

  constructor(files: readonly string[], show: (text: string) => void) {
    this.#headers = new Set(files);
    this.#show = show;
  }

  add(text: string): void {
    const lines = `${this.#line}${text}`.split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) {
      if (this.#headers.has(line)) this.#flush();
      this.#block += `${line}\n`;
    }
  }

  end(): void {
    if (this.#line !== "") this.#block += `${this.#line}\n`;
    this.#line = "";
    this.#flush();
  }

  #flush(): void {
    if (this.#block !== "") this.#show(this.#block);
    this.#block = "";
  }
}
