import { suite } from "uvu";
import { electionLaws, PLAIN } from "./laws/election-laws.ts";

/** Elections without a pre-vote. */
const test = suite("raft: election");

electionLaws(test, PLAIN);

test.run();
