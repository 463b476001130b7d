// quorum/: `committed` and `vote`, for one majority or two.

import {
  committedIndex,
  type JointConfig,
  jointCommittedIndex,
  jointVoteResult,
  type VoteResult,
  voteResult,
} from "../../../src/raft/quorum.ts";
import { type Index, index, type NodeId, nodeId } from "../../../src/std/ids.ts";
import { type Command, parseNumber } from "./datadriven.ts";
import type { Room } from "./run.ts";

const NOBODY: ReadonlySet<NodeId> = new Set();
const RESULTS = { won: "VoteWon", lost: "VoteLost", pending: "VotePending" } as const;

interface Question {
  readonly config: JointConfig;
  readonly isJoint: boolean;
  /** Those of the first half as written, then those that only the second has. */
  readonly ids: readonly NodeId[];
}

export function createQuorumRoom(): Room {
  return {
    run(command) {
      const question = parseQuestion(command);
      if (command.name === "committed") return committed(command, question);
      if (command.name === "vote") return vote(command, question);
      throw new Error(`unknown command ${command.name}`);
    },
  };
}

const valuesOf = ({ args }: Command, key: string): readonly string[] =>
  args.filter((arg) => arg.key === key).flatMap(({ values }) => values);

function parseQuestion(command: Command): Question {
  const ids = (key: string): readonly NodeId[] =>
    valuesOf(command, key)
      .filter((value) => value !== "zero")
      .map((value) => nodeId(parseNumber(value)));
  const incoming = ids("cfg");
  const outgoing = ids("cfgj");
  return {
    config: { incoming: new Set(incoming), outgoing: new Set(outgoing) },
    isJoint: command.args.some(({ key }) => key === "cfgj"),
    ids: [...new Set([...incoming, ...outgoing])],
  };
}

/** What each voter answered; `_` is nothing. */
function parseAnswers<T>(
  values: readonly string[],
  { ids }: Question,
  parse: (value: string) => T,
): ReadonlyMap<NodeId, T> {
  if (values.length !== ids.length) throw new Error(`${values.length} values for ${ids.length}`);
  const answers = new Map<NodeId, T>();
  values.forEach((value, i) => {
    const id = ids[i];
    if (id !== undefined && value !== "_") answers.set(id, parse(value));
  });
  return answers;
}

function committed(command: Command, question: Question): string {
  const { config, isJoint } = question;
  const acks = parseAnswers(valuesOf(command, "idx"), question, (value) =>
    index(parseNumber(value)),
  );
  const acked = (id: NodeId): Index | undefined => acks.get(id);
  const { incoming, outgoing } = config;
  const at = isJoint ? jointCommittedIndex(config, acked) : committedIndex(incoming, acked);
  const checks: readonly (readonly [string, number])[] = isJoint
    ? [["symmetry", jointCommittedIndex({ incoming: outgoing, outgoing: incoming }, acked)]]
    : [
        ["by counting", committedByCounting(incoming, acks)],
        ["joint with nobody", jointCommittedIndex({ incoming, outgoing: NOBODY }, acked)],
        ["joint with itself", jointCommittedIndex({ incoming, outgoing: incoming }, acked)],
      ];
  const number = at === Number.POSITIVE_INFINITY ? "∞" : String(at);
  return `${chart(question, acks)}${number}\n${disagreements(at, checks)}`;
}

function disagreements<T>(found: T, checks: readonly (readonly [string, T])[]): string {
  return checks
    .filter(([, other]) => other !== found)
    .map(([what, other]) => `${other} <-- ${what}\n`)
    .join("");
}

/** The highest acknowledged index that more than half have reached: the slow way. */
function committedByCounting(
  voters: ReadonlySet<NodeId>,
  acks: ReadonlyMap<NodeId, Index>,
): number {
  if (voters.size === 0) return Number.POSITIVE_INFINITY;
  const reached = [...voters].map((id) => acks.get(id) ?? 0);
  const agreed = reached.filter(
    (candidate) => reached.filter((at) => at >= candidate).length > voters.size / 2,
  );
  return Math.max(0, ...agreed);
}

/** A bar for each voter, as long as there are voters behind it. */
function chart({ ids }: Question, acks: ReadonlyMap<NodeId, Index>): string {
  if (ids.length === 0) return "<empty majority quorum>";
  const width = ids.length + 1;
  const rows = [...ids]
    .sort((a, b) => a - b)
    .map((id) => {
      const at = acks.get(id);
      const behind = ids.filter((other) => (acks.get(other) ?? 0) < (at ?? 0)).length;
      const bar = at === undefined ? "?" : `${"x".repeat(behind)}>`;
      return `${bar.padEnd(width)} ${String(at ?? 0).padStart(5)}    (id=${id})\n`;
    });
  return `${" ".repeat(width)}   idx\n${rows.join("")}`;
}

function vote(command: Command, question: Question): string {
  const { config, isJoint } = question;
  const votes = parseAnswers(valuesOf(command, "votes"), question, (value) => value === "y");
  const { incoming, outgoing } = config;
  const result = isJoint ? jointVoteResult(config, votes) : voteResult(incoming, votes);
  const checks: readonly (readonly [string, VoteResult])[] = isJoint
    ? [["symmetry", jointVoteResult({ incoming: outgoing, outgoing: incoming }, votes)]]
    : [
        ["joint with nobody", jointVoteResult({ incoming, outgoing: NOBODY }, votes)],
        ["joint with itself", jointVoteResult({ incoming, outgoing: incoming }, votes)],
      ];
  return `${RESULTS[result]}\n${disagreements(result, checks)}`;
}
