import { step, workflow } from "raftoral";

const note = step("note", async (line: string) => line);
class Journal {
  readonly lines: string[] = [];
  readonly add = (text: string): number => this.lines.push(`${Date.now()} ${text}`);
}

export const noted = workflow({
  name: "noted",
  run: function* (texts: readonly string[]) {
    const journal = new Journal();
    texts.forEach(journal.add);
    return yield* note(journal.lines.join());
  },
});
