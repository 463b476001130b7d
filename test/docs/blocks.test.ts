import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Block, blocksOf, faultsOf, pages } from "./blocks.ts";

/** What a page shows can be typed off: each block compiles, against the sources. */
const test = suite("docs: blocks of code", { limitMs: 180_000 });

const PRELUDE = ["test/docs/prelude.ts"];

/** Where the files lie that a page's blocks import. */
const DIRECTORIES: Readonly<Record<string, string>> = {
  "docs/testing.md": "examples/testing",
  "docs/concepts/values.md": "examples/values",
};

/** Blocks, counted from 1, of which the page says that they do not compile. */
const REFUSED: ReadonlySet<string> = new Set(["docs/rules/RD202.md 1"]);

const read = (page: string): string => readFileSync(page, "utf8");

const all = pages().map((page) => {
  const blocks = blocksOf(page, read(page), DIRECTORIES[page]);
  const isRefused = (at: number): boolean => REFUSED.has(`${page} ${at + 1}`);
  return {
    page,
    blocks,
    fine: blocks.filter((_, i) => !isRefused(i)),
    refused: blocks.filter((_, i) => isRefused(i)),
  };
});

test("every block of every page compiles", () => {
  const fine = all.flatMap((page) => page.fine);
  assert.ok(fine.length > 60, `only ${fine.length} blocks`);
  assert.equal(faultsOf(fine, PRELUDE), []);
});

test("what a page says is refused by the compiler is", () => {
  const refused = all.flatMap((page) => page.refused);
  assert.is(refused.length, REFUSED.size);
  const bare = refused.filter((block) => faultsOf([block], PRELUDE).length === 0);
  assert.equal(bare, []);
});

test("a block that is wrong is told with its page, line and fault", () => {
  const wrong: readonly Block[] = blocksOf(
    "page.md",
    "# A page\n\n```ts\nconst a: number = 1;\nconst b: string = a;\n```\n",
  );
  assert.equal(faultsOf(wrong, PRELUDE), [
    "page.md:5: Type 'number' is not assignable to type 'string'.",
  ]);
});

test("a page that shows a file of the examples shows it as it is", () => {
  const shown = read("docs/concepts/values.md");
  assert.ok(shown.includes(`\`\`\`ts\n${read("examples/values/aes-gcm.ts")}\`\`\`\n`));
});

test.run();
