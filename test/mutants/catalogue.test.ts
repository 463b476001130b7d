import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { core } from "./core.ts";
import { disk } from "./disk.ts";
import { engine } from "./engine.ts";
import { SWEEP } from "./sweep.ts";
import { testing } from "./testing.ts";
import { workflow } from "./workflow.ts";

const test = suite("mutants: catalogue");
const CATALOGUES = [workflow, core, disk, engine, testing];

test("the place of each planted bug is once in its file", () => {
  const lost: string[] = [];
  for (const mutant of CATALOGUES.flatMap(({ mutants }) => mutants)) {
    for (const { file, find } of [mutant, ...(mutant.also ?? [])]) {
      if (readFileSync(file, "utf8").split(find).length !== 2) lost.push(`${mutant.name}: ${file}`);
    }
  }
  assert.equal(lost, []);
});

test("no two planted bugs of a profile have one name", () => {
  for (const { mutants, profile } of CATALOGUES) {
    assert.is(new Set(mutants.map(({ name }) => name)).size, mutants.length, profile);
  }
});

test("each failing variant of the executable model is a planted bug", () => {
  const names = new Set(workflow.mutants.map(({ name }) => name));
  for (const [variant, name] of Object.entries(SWEEP)) assert.ok(names.has(name), variant);
  assert.ok(Object.keys(SWEEP).length >= 22);
});

test.run();
