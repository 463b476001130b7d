// interaction/: the commands, by name. Each writes to the environment's output;
// what it returns is an error that it ends with.

import { encodeConfChange } from "../../../src/raft/codec.ts";
import type { Transition } from "../../../src/raft/conf-change.ts";
import { type Message, message } from "../../../src/raft/message.ts";
import type { StepError } from "../../../src/raft/step.ts";
import { utf8 } from "../../../src/std/bytes.ts";
import { index, type NodeId, nodeId, term } from "../../../src/std/ids.ts";
import type { Result } from "../../../src/std/result.ts";
import { type Argument, type Command, parseBoolean, parseNumber } from "./datadriven.ts";
import { Environment, type Recipient, renderError } from "./environment.ts";
import { ELECTION_TICKS, HEARTBEAT_TICKS, type Member, type MemberOptions } from "./member.ts";
import { parseLevel } from "./output.ts";
import { renderEntries, renderMessage, renderStateName, renderType } from "./render-messages.ts";
import { parseChanges, renderProgressMap } from "./render-state.ts";
import type { Room } from "./run.ts";

type Handler = (env: Environment, command: Command) => string | undefined;

export function createInteractionRoom(): Room {
  const env = new Environment();
  return {
    run(command) {
      const handler = HANDLERS[command.name];
      if (handler === undefined) throw new Error(`unknown command ${command.name}`);
      const { isQuiet } = env.output;
      const error = handler(env, command);
      const text = env.output.take();
      // An error is told even where nothing else is.
      if (error !== undefined) return isQuiet ? error : text + error;
      return text === "" ? "ok" : text;
    },
  };
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  "add-nodes": addNodes,
  campaign: (env, command) => failure(first(env, command).node.campaign()),
  propose: (env, command) => {
    const { node } = first(env, command);
    return failure(node.propose([utf8(bareWords(command)[1] ?? "")]));
  },
  "propose-conf-change": proposeConfChange,
  "process-ready": perMember("handling Ready", (env, member) => env.processReady(member)),
  "process-append-thread": perMember("processing append thread", (env, member) =>
    env.processAppendThread(member),
  ),
  "process-apply-thread": perMember("processing apply thread", (env, member) =>
    env.processApplyThread(member),
  ),
  stabilize,
  "deliver-msgs": deliver,
  "log-level": (env, command) => {
    env.output.level = parseLevel(bareWords(command)[0] ?? "");
    return undefined;
  },
  "raft-log": (env, command) => writeLog(env, first(env, command)),
  "raft-state": writeStates,
  status: (env, command) => {
    env.output.write(renderProgressMap(first(env, command).node.status().progress));
    return undefined;
  },
  "tick-election": (env, command) => tick(first(env, command), ELECTION_TICKS),
  "tick-heartbeat": (env, command) => tick(first(env, command), HEARTBEAT_TICKS),
  "set-randomized-election-timeout": (env, command) => {
    const timeout = parseNumber(option(command, "timeout") ?? "");
    first(env, command).node.setRandomizedElectionTimeout(timeout);
    return undefined;
  },
  "transfer-leadership": (env, command) => {
    const [from, to] = ["from", "to"].map((key) => parseId(option(command, key) ?? ""));
    if (from === undefined || to === undefined) throw new Error("from and to");
    return failure(env.member(from).node.transferLeader(to));
  },
  "forget-leader": (env, command) => failure(first(env, command).node.forgetLeader()),
  "report-unreachable": (env, command) => {
    const [id, other] = bareIds(command);
    if (id === undefined || other === undefined) throw new Error("two ids");
    env.member(id).node.reportUnreachable(other);
    return undefined;
  },
  "send-snapshot": sendSnapshot,
  compact: (env, command) => {
    const member = first(env, command);
    member.storage.compact(index(parseNumber(bareWords(command)[1] ?? "")));
    return writeLog(env, member);
  },
  _breakpoint: () => undefined,
};

const parseId = (text: string): NodeId => nodeId(parseNumber(text));
const failure = (result: Result<void, StepError>): string | undefined =>
  result.ok ? undefined : renderError(result.error);

const isBare = ({ values }: Argument): boolean => values.length === 0;
const bareWords = ({ args }: Command): readonly string[] =>
  args.filter(isBare).map(({ key }) => key);
const bareIds = (command: Command): readonly NodeId[] => bareWords(command).map(parseId);
const option = ({ args }: Command, name: string): string | undefined =>
  args.find(({ key }) => key === name)?.values[0];
const idsOf = ({ args }: Command, name: string): readonly NodeId[] =>
  args.filter(({ key }) => key === name).flatMap(({ values }) => values.map(parseId));

function flag(command: Command, name: string): boolean {
  const text = option(command, name);
  return text !== undefined && parseBoolean(text);
}

function first(env: Environment, command: Command): Member {
  const id = bareWords(command)[0];
  if (id === undefined) throw new Error("which member?");
  return env.member(parseId(id));
}

/** Without ids: everyone. */
function chosen(env: Environment, command: Command): readonly Member[] {
  const ids = bareIds(command);
  return ids.length === 0 ? env.members : ids.map((id) => env.member(id));
}

function perMember(title: string, run: (env: Environment, member: Member) => void): Handler {
  return (env, command) => {
    const ids = bareIds(command);
    for (const id of ids) {
      const member = env.member(id);
      if (ids.length === 1) run(env, member);
      else env.output.section(`${id} ${title}`, () => run(env, member));
    }
    return undefined;
  };
}

function addNodes(env: Environment, command: Command): undefined {
  const count = parseNumber(bareWords(command)[0] ?? "");
  const readOnly = option(command, "read-only");
  const applyBytes = option(command, "max-committed-size-per-ready");
  const options: Omit<MemberOptions, "id"> = {
    bootstrap: parseBootstrap(command),
    maxInflightMsgs: parseNumber(option(command, "inflight") ?? String(2 ** 31 - 1)),
    asyncStorageWrites: flag(command, "async-storage-writes"),
    preVote: flag(command, "prevote"),
    checkQuorum: flag(command, "checkquorum"),
    disableConfChangeValidation: flag(command, "disable-conf-change-validation"),
    stepDownOnRemoval: flag(command, "step-down-on-removal"),
    readOnlyOption: readOnly === "lease-based" ? "lease-based" : "safe",
    ...(applyBytes === undefined ? {} : { maxCommittedSizePerReady: parseNumber(applyBytes) }),
  };
  for (let i = 0; i < count; i++) env.add(options);
}

function parseBootstrap(command: Command): MemberOptions["bootstrap"] {
  const voters = idsOf(command, "voters");
  const learners = idsOf(command, "learners");
  const content = option(command, "content");
  const at = option(command, "index");
  if (voters.length + learners.length === 0 && at === undefined) return undefined;
  const start = index(parseNumber(at ?? "0"));
  if (start <= 1) throw new Error("a log begins after 1, so that its beginning was compacted");
  const confState = { voters, learners, votersOutgoing: [], learnersNext: [], autoLeave: false };
  return { index: start, confState, data: utf8(content ?? "") };
}

function proposeConfChange(env: Environment, command: Command): string | undefined {
  const { id, node } = first(env, command);
  const changes = parseChanges(command.input);
  const isV1 = flag(command, "v1");
  if (isV1 && changes.length !== 1) throw new Error("one change in the first version");
  const transition = parseTransition(option(command, "transition") ?? "auto");
  const data = encodeConfChange({ transition, changes });
  const kind = isV1 ? ("conf-change" as const) : ("conf-change-v2" as const);
  const entries = [{ kind, data, term: term(0), index: index(0) }];
  return failure(node.step(message({ type: "prop", from: id, to: id, entries })));
}

function parseTransition(text: string): Transition {
  if (text === "auto" || text === "implicit" || text === "explicit") return text;
  throw new Error(`unknown transition ${text}`);
}

function stabilize(env: Environment, command: Command): undefined {
  const before = env.output.level;
  const level = option(command, "log-level");
  if (level !== undefined) env.output.level = parseLevel(level);
  env.stabilize(chosen(env, command));
  env.output.level = before;
}

function deliver(env: Environment, command: Command): undefined {
  const recipients: Recipient[] = [];
  for (const { key, values } of command.args) {
    if (values.length === 0) recipients.push({ id: parseId(key), isDropped: false });
    if (key !== "drop") continue;
    for (const value of values) recipients.push({ id: parseId(value), isDropped: true });
  }
  const count = env.deliver(recipients, parseType(option(command, "type")));
  if (count === 0) env.output.write("no messages\n");
}

const DELIVERED: readonly Message["type"][] = [
  "prop",
  "app",
  "app-resp",
  "vote",
  "vote-resp",
  "snap",
  "heartbeat",
  "heartbeat-resp",
  "timeout-now",
  "pre-vote",
  "pre-vote-resp",
];

function parseType(name: string | undefined): Message["type"] | undefined {
  const type = DELIVERED.find((known) => renderType(known) === name);
  if (name !== undefined && type === undefined) throw new Error(`unknown type ${name}`);
  return type;
}

function writeLog(env: Environment, { storage }: Member): undefined {
  const entries = storage.all();
  const [low, high] = [storage.firstIndex(), storage.lastIndex()];
  const empty = `log is empty: first index=${low}, last index=${high}\n`;
  env.output.write(entries.length === 0 ? empty : renderEntries(entries));
}

function writeStates(env: Environment): undefined {
  for (const { id, node } of env.members) {
    const { confState, hardState, softState } = node.basicStatus();
    const isVoter = [...confState.voters, ...confState.votersOutgoing].includes(id);
    const role = `${renderStateName(softState.state)} (${isVoter ? "Voter" : "Non-Voter"})`;
    env.output.write(`${id}: ${role} Term:${hardState.term} Lead:${softState.leader}\n`);
  }
}

function tick({ node }: Member, ticks: number): undefined {
  for (let i = 0; i < ticks; i++) node.tick();
}

function sendSnapshot(env: Environment, command: Command): undefined {
  const [from, to] = bareIds(command);
  if (from === undefined || to === undefined) throw new Error("two ids");
  const { node, storage } = env.member(from);
  const { term: ofTerm } = node.basicStatus().hardState;
  const m = message({ type: "snap", from, to, term: ofTerm, snapshot: storage.latest });
  env.send([m]);
  env.output.write(`${renderMessage(m)}\n`);
}
