import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseScript } from "./conformance/datadriven.ts";
import { type Outcome, type Room, runFile, runScript, scripts } from "./conformance/run.ts";

const test = suite("raft: public scripts");

const { folder, files } = scripts();
if (files.length === 0) {
  process.stdout.write(`\n  NO RAFT CONFORMANCE SCRIPTS in ${folder}: they are skipped\n`);
  test.skip("the core answers them to the byte", () => {});
} else {
  const outcomes: Outcome[] = [];
  for (const file of files) {
    test(file, () => {
      const outcome = runFile(folder, file);
      outcomes.push(outcome);
      for (const { command, actual } of outcome.mismatches) {
        assert.is(actual, command.expected, `${file}:${command.line}: ${command.name}`);
      }
    });
  }

  test("all of them were there", () => {
    assert.is(outcomes.length, 41);
    assert.is(
      outcomes.reduce((total, { commands }) => total + commands, 0),
      743,
    );
  });
}

const SCRIPT = `
# A comment.
add 1 2 \\
  to=(a, (b, c)) empty= flag=on
first
second
----
three

quiet

fenced
----
----
one

two
----
----

last
----
`;

test("a script is read as commands", () => {
  const [add, quiet, last] = parseScript(SCRIPT);
  assert.equal(add, {
    line: 3,
    name: "add",
    args: [
      { key: "1", values: [] },
      { key: "2", values: [] },
      { key: "to", values: ["a", "(b, c)"] },
      { key: "empty", values: [""] },
      { key: "flag", values: ["on"] },
    ],
    input: "first\nsecond",
    expected: "three\n",
  });
  // Up to the separator all is input, blank lines too.
  assert.equal(quiet, {
    line: 10,
    name: "quiet",
    args: [],
    input: "fenced",
    expected: "one\n\ntwo\n",
  });
  assert.equal(last, { line: 21, name: "last", args: [], input: "", expected: "" });
});

test("what differs, and what throws, is told", () => {
  const room: Room = {
    run({ name }) {
      if (name === "throw") throw new Error("planted");
      return name;
    },
  };
  const text = "right\n----\nright\n\nwrong\n----\nWrong\n\nthrow\n----\nok\n";
  const { commands, mismatches } = runScript("planted", text, room);
  assert.is(commands, 3);
  assert.equal(
    mismatches.map(({ command }) => command.name),
    ["wrong", "throw"],
  );
  assert.match(mismatches[1]?.actual ?? "", "planted");
});

test.run();
