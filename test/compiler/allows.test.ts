import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Finding } from "../../compiler/finding.ts";
import { allowComments } from "../../compiler/project/allow-comments.ts";
import { applyAllows } from "../../compiler/report/allows.ts";
import { CLOCK, FEES, LOGGING, ORDERS, TIME } from "../fixtures/lint/analyses.ts";

const test = suite("lint: raftoral-allow");
const REASON = "the same on every node of ours";

/** The lines that each comment of a text speaks of. */
function linesOf(text: string): readonly (readonly [number, number])[] {
  return allowComments("x.ts", text).map(({ firstLine, lastLine }) => [firstLine, lastLine]);
}

function applied(file: string, text: string) {
  const { suppressions, complaints } = applyAllows([TIME, LOGGING], allowComments(file, text));
  return { allowed: [...suppressions.keys()], complaints: complaints.map((c) => c.ruleId) };
}

const allowing = (text: string, line: string, ids = "RD101"): string =>
  text.replace(line, `// raftoral-allow ${ids}: ${REASON}\n${line}`);

/** The comment takes the place of the line before, so that no finding moves. */
function above(text: string, line: number): string {
  const lines = text.split("\n");
  lines[line - 2] = `// raftoral-allow RD101: ${REASON}`;
  return lines.join("\n");
}

test("above the line of the sink", () => {
  const text = `// raftoral-allow RD101: ${REASON}\nexport const stamp = Date.now();\n`;
  assert.equal(linesOf(text), [[2, 2]]);
  const { allowed, complaints } = applied("src/clock.ts", text);
  assert.equal([allowed, complaints], [[TIME], []]);
});

test("on the line of the sink, behind the code", () => {
  const text = CLOCK.replace("Date.now();", `Date.now(); // raftoral-allow RD101: ${REASON}`);
  assert.equal(linesOf(text), [[2, 2]]);
  assert.equal(applied("src/clock.ts", text).allowed, [TIME]);
});

test("at any frame on the way", () => {
  for (const [file, text, line] of [
    ["src/orders.ts", ORDERS, 8],
    ["src/fees.ts", FEES, 4],
  ] as const) {
    const { allowed, complaints } = applied(file, above(text, line));
    assert.equal([allowed, complaints], [[TIME], []], file);
  }
});

test("on a function, it speaks of all its lines and no further", () => {
  const body = "{\n  const a = 1;\n  return a;\n}";
  for (const declared of [
    `function f() ${body}`,
    `export async function f() ${body}`,
    `const f = () => ${body};`,
    `export const f = function () ${body};`,
    `export default () => ${body};`,
  ]) {
    const text = `// raftoral-allow RD101: ${REASON}\n${declared}\nDate.now();\n`;
    assert.equal(linesOf(text), [[2, 5]], declared);
  }
});

test("on a method, a property or an accessor too", () => {
  for (const member of ["m() {\n  }", "p = () => {\n  }", "get g() {\n  return 1; }"]) {
    const text = `class C {\n  // raftoral-allow RD101: ${REASON}\n  ${member}\n  last = 1;\n}\n`;
    assert.equal(linesOf(text), [[3, 4]], member);
  }
});

test("on a statement that is no function, of its first line alone", () => {
  const text = allowing("const a = b(\n  Date.now(),\n);\n", "const a");
  assert.equal(linesOf(text), [[2, 2]]);
});

test("blank lines and other comments may stand between", () => {
  const text = `// raftoral-allow RD101: ${REASON}\n\n/* why */\n// more\nDate.now();\n`;
  assert.equal(linesOf(text), [[5, 5]]);
});

test("a block comment is one too, also in JSX; text in a string or template is none", () => {
  assert.equal(linesOf(`/* raftoral-allow RD101: ${REASON} */\nDate.now();\n`), [[2, 2]]);
  assert.equal(linesOf(`const a = "// raftoral-allow RD101: ${REASON}";\n`), []);
  assert.equal(linesOf(`const a = \`\n// raftoral-allow RD101: ${REASON}\n\`;\n`), []);
  assert.equal(linesOf(`const a = /[/]/ /* raftoral-allow RD101: ${REASON} */;\n`), [[1, 1]]);
});

test("a place and a reason as they are written, without the end of the comment", () => {
  const [allow] = allowComments("x.ts", `  f(); /* raftoral-allow RD101, RD102: ${REASON} */\n`);
  assert.equal(allow?.ruleIds, ["RD101", "RD102"]);
  assert.is(allow?.reason, REASON);
  assert.equal([allow?.line, allow?.col], [1, 8]);
});

test("one that allows nothing is RD901, for each rule that it names", () => {
  const text = `// raftoral-allow RD101, RD102: ${REASON}\nDate.now();\n`;
  const { allowed, complaints } = applied("src/clock.ts", text);
  assert.equal([allowed, complaints], [[TIME], ["RD901"]]);
});

test("one of another file or of another line allows nothing", () => {
  assert.equal(applied("src/other.ts", CLOCK.replace("return", "return")).allowed, []);
  const text = `Date;\n\n// raftoral-allow RD101: ${REASON}\nDate.now();\n`;
  assert.equal(applied("src/clock.ts", text).complaints, ["RD901"]);
});

test("one that speaks of a line above allows nothing below", () => {
  const text = `Date; // raftoral-allow RD101: ${REASON}\nDate.now();\n`;
  assert.equal(applied("src/clock.ts", text), { allowed: [], complaints: ["RD901"] });
});

test("one without a reason, or with one that says nothing, is RD902 and allows nothing", () => {
  for (const words of ["RD101", "RD101:", "RD101: is fine", "", "because I say so"]) {
    const { allowed, complaints } = applied("src/clock.ts", `// raftoral-allow ${words}\nf();\n`);
    assert.equal([allowed, complaints], [[], ["RD902"]], words);
  }
});

test("the linter's own findings cannot be allowed", () => {
  const internal: Finding = { ...TIME, ruleId: "RD900" };
  const allows = allowComments("src/clock.ts", `\nf(); // raftoral-allow RD900: ${REASON}\n`);
  assert.is(applyAllows([internal], allows).suppressions.size, 0);
  const text = `// raftoral-allow RD901: ${REASON}\nf();\n`;
  assert.equal(applied("src/clock.ts", text).complaints, ["RD901"]);
});

test("a word that begins alike is another word", () => {
  assert.equal(linesOf(`// raftoral-allowance RD101: ${REASON}\nf();\n`), []);
});

test("bracket languages: a comment in TSX stands where code is, not where text is", () => {
  const text = `const a = <p>// raftoral-allow RD101: ${REASON}</p>;\n`;
  assert.equal(allowComments("x.tsx", text), []);
  const code = `const a = <p>{/* raftoral-allow RD101: ${REASON} */}</p>;\n`;
  assert.is(allowComments("x.tsx", code).length, 1);
});

test.run();
