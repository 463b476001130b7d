import { suite } from "uvu";
import { CASES, WORKFLOWS } from "./cases.ts";
import { runCases } from "./run-cases.ts";

/** Every effect: on one process, on three, on whole nodes, and with a takeover at every entry. */
const test = suite("language", { limitMs: 60_000 });

runCases(test, CASES, WORKFLOWS);

test.run();
