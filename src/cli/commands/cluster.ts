import type { Admin, ClusterMember, ClusterStatus } from "../../client/admin.ts";
import { type AddCommand, type CommandIo, EXIT, type ExitCode } from "../command.ts";
import { type ClientOptions, print, withClient, withClientOptions } from "../connection.ts";
import { table } from "../table.ts";

/** `raftoral cluster …`: what an operator asks. */
export const addCluster: AddCommand = (program, io, finish) => {
  const cluster = program.command("cluster").description("the members of a cluster");
  const add = (name: string, description: string, act: Act): void => {
    const command = withClientOptions(cluster.command(name)).description(description);
    command.action(async (...args: unknown[]) => {
      const flags = command.opts<ClientOptions>();
      const [first] = args;
      await withClient(flags, async ({ admin }) => {
        finish(await act({ admin, io, flags, name: typeof first === "string" ? first : "" }));
      });
    });
  };
  add("status", "members, leader, runs; exit code 1 unless a majority is up", status);
  add("members", "one line a member", members);
  add("remove <name>", "take a member out for ever, dead or alive", remove);
  add("transfer <name>", "make a member the leader", transfer);
  add("rebalance", "spread the running runs over the members", rebalance);
};

type Act = (request: {
  readonly admin: Admin;
  readonly io: CommandIo;
  readonly flags: ClientOptions;
  readonly name: string;
}) => Promise<ExitCode>;

const status: Act = async ({ admin, io, flags }) => {
  const found = await admin.status();
  print(io, flags, found, (of) => `${summary(of)}${memberTable(of.members)}`);
  const voters = found.members.filter(({ isVoter }) => isVoter);
  const up = voters.filter(({ isUp }) => isUp).length;
  return up * 2 > voters.length ? EXIT.done : EXIT.bad;
};

const summary = ({ cluster, clusterUuid, commit, leader, term }: ClusterStatus): string =>
  `cluster ${cluster} (${clusterUuid}), led by ${leader ?? "nobody"}, ` +
  `term ${term}, commit ${commit}\n\n`;

const HEADING = ["name", "id", "role", "state", "runs", "workflows"];

const memberTable = (found: readonly ClusterMember[]): string =>
  table([
    HEADING,
    ...found.map(({ name, id, isLeader, isUp, isVoter, runs, workflows }) => [
      name,
      `${id}`,
      isLeader ? "leader" : isVoter ? "voter" : "learner",
      isUp ? "up" : "down",
      `${runs}`,
      workflows.join(", "),
    ]),
  ]);

const members: Act = async ({ admin, io, flags }) => {
  const found = await admin.status();
  print(io, flags, found.members, memberTable);
  return EXIT.done;
};

const remove: Act = async ({ admin, io, flags, name }) => {
  await admin.remove(name);
  print(io, flags, { removed: name }, () => `${name} is no member any more\n`);
  return EXIT.done;
};

const transfer: Act = async ({ admin, io, flags, name }) => {
  await admin.transfer(name);
  print(io, flags, { leader: name }, () => `${name} leads\n`);
  return EXIT.done;
};

const rebalance: Act = async ({ admin, io, flags }) => {
  const moved = await admin.rebalance();
  print(io, flags, { moved }, () => `${moved} runs moved\n`);
  return EXIT.done;
};
