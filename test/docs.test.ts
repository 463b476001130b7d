import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Project, SyntaxKind } from "ts-morph";
import { suite } from "uvu";
import * as assert from "uvu/assert";

/** Pages that say something about the code are held against it. */
const test = suite("docs");
const read = (path: string): string => readFileSync(path, "utf8");

test("every error code has its section in docs/errors.md, and no section is left over", () => {
  const project = new Project({ skipLoadingLibFiles: true, skipFileDependencyResolution: true });
  const codes = project
    .addSourceFileAtPath("src/errors.ts")
    .getTypeAliasOrThrow("ErrorCode")
    .getDescendantsOfKind(SyntaxKind.StringLiteral)
    .map((literal) => literal.getLiteralValue());
  const sections = [...read("docs/errors.md").matchAll(/^## (\S+)$/gm)].map(([, code]) => code);
  assert.ok(codes.length > 5);
  assert.equal(sections.sort(), codes.sort());
});

test("pages that must stay short are: architecture 300 lines, glossary 100, decisions 40", () => {
  const limits = [
    ["docs/ARCHITECTURE.md", 300],
    ["docs/GLOSSARY.md", 100],
    ...readdirSync("docs/decisions").map((name) => [`docs/decisions/${name}`, 40] as const),
  ] as const;
  const long = limits.filter(([page, limit]) => read(page).trimEnd().split("\n").length > limit);
  assert.equal(long, []);
});

test("a decision has a number of its own, in its name and in its heading", () => {
  const names = readdirSync("docs/decisions").sort();
  const headings = names.map((name) => read(`docs/decisions/${name}`).split(". ")[0]);
  assert.equal(
    headings,
    names.map((_, at) => `# ${at + 1}`),
  );
  assert.equal(
    names.map((name) => Number(name.slice(0, 4))),
    names.map((_, at) => at + 1),
  );
});

test("every link between pages leads to a file", () => {
  const tops = readdirSync(".").filter((name) => name.endsWith(".md"));
  const below = readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name));
  const links = [...tops, ...below].flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, to = ""]) => ({ page, to })),
  );
  assert.ok(links.length > 5, `only ${links.length} links`);
  assert.equal(
    links.filter(({ page, to }) => !existsSync(join(dirname(page), to))),
    [],
  );
});

test("every file that a page names is there", () => {
  const pages = ["docs/ARCHITECTURE.md", "docs/JOURNEYS.md", "docs/HACKING.md", "CONTRIBUTING.md"];
  const text = pages.map(read).join("\n");
  const named = [...text.matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.ts)`/g)].map(([, name = ""]) => name);
  assert.ok(named.length > 10, `only ${named.length} files`);
  assert.equal(
    named.filter((name) => !existsSync(name) && !existsSync(join("src", name))),
    [],
  );
});

/**
 * Names are put together in part: so each longer word of a law must stand where its tests are made.
 */
test("every law in the table of docs/concepts/raft.md is about a test that is there", () => {
  const row = /^\| (.+) \| .+ \| `(.+\.test\.ts)` \|$/gm;
  const rows = [...read("docs/concepts/raft.md").matchAll(row)];
  assert.ok(rows.length > 200, `only ${rows.length} rows`);
  const shared = readdirSync("test/raft/laws").map((name) => read(`test/raft/laws/${name}`));
  const missing = rows.filter(([, law = "", file = ""]) => {
    const text = [read(`test/raft/${file}`), ...shared].join("\n");
    const words = law.replace(/\{[^}]*\}/g, "").match(/[A-Za-z]{5,}/g) ?? [];
    return words.some((word) => !text.includes(word));
  });
  assert.equal(
    missing.map(([line]) => line),
    [],
  );
});

test("every npm script that a page names exists", () => {
  const { scripts } = JSON.parse(read("package.json"));
  const pages = ["README.md", "CONTRIBUTING.md", "docs/HACKING.md", ".ci/run"].map(read).join("\n");
  const named = [...pages.matchAll(/npm run (?:-s )?([a-z0-9:]+)/g)].map(([, name = ""]) => name);
  assert.ok(named.length > 5);
  assert.equal(
    named.filter((name) => !(name in scripts)),
    [],
  );
});

test.run();
