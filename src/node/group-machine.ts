// The state machine of a group: workflows, and, in the management group, the topology beside them.
// The first byte of a command says whose it is.

import { apply as applyTopology } from "../cluster/machine/apply.ts";
import {
  decodeTopologyCommand,
  encodeTopology,
  encodeTopologyCommand,
  restoreTopology,
} from "../cluster/machine/codec.ts";
import type { TopologyCommand, TopologyReply } from "../cluster/machine/command.ts";
import { createTopology, type Topology } from "../cluster/machine/state.ts";
import type {
  Applied,
  ApplyContext,
  StateIntake,
  StateMachine,
  StateView,
} from "../replica/port.ts";
import { MalformedError } from "../std/bytes.ts";
import { apply as applyWorkflow } from "../workflow/machine/apply.ts";
import { decodeCommand, encodeCommand } from "../workflow/machine/codec.ts";
import type { Command, CommandContext, MachineEvent, Reply } from "../workflow/machine/command.ts";
import { removeMember } from "../workflow/machine/members.ts";
import { freezeState, StateBuilder } from "../workflow/machine/snapshot.ts";
import { createMachineState, type MachineState } from "../workflow/machine/state.ts";

const TOPOLOGY = 1;
const WORKFLOW = 2;

export type GroupReply =
  | { readonly kind: "topology"; readonly reply: TopologyReply }
  | { readonly kind: "workflow"; readonly reply: Reply };

export type GroupEvent = { readonly kind: "topology" } | MachineEvent;

export class GroupMachine implements StateMachine<GroupReply, GroupEvent> {
  readonly topology: Topology = createTopology();
  readonly workflows: MachineState;

  constructor(group: string) {
    this.workflows = createMachineState(group);
  }

  /** What it does not know must not be passed over: its replica stops there. */
  apply(command: Uint8Array, context: ApplyContext): Applied<GroupReply, GroupEvent> {
    try {
      return this.#applied(command, context);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      throw new MalformedError(
        `entry ${context.index} of the log is none that this build can read (${error.message}): ` +
          "a newer build wrote it, so start that one here",
      );
    }
  }

  #applied(command: Uint8Array, context: ApplyContext): Applied<GroupReply, GroupEvent> {
    const body = command.subarray(1);
    switch (command[0]) {
      case TOPOLOGY: {
        const reply = applyTopology(this.topology, decodeTopologyCommand(body));
        const events = this.#removeGone({ ...context, offset: 0 });
        return { reply: { kind: "topology", reply }, events: [{ kind: "topology" }, ...events] };
      }
      case WORKFLOW: {
        const decoded = decodeCommand(body);
        const place = { ...context, offset: 0 };
        const { reply, events } = applyWorkflow(this.workflows, decoded, place);
        const gone = decoded.kind === "announce" ? this.#removeGone(place) : [];
        return { reply: { kind: "workflow", reply }, events: [...events, ...gone] };
      }
      default:
        throw new MalformedError(`a committed command of unknown kind ${command[0]}`);
    }
  }

  /** The topology first, in one piece: it is as small as the cluster. */
  freeze(): StateView {
    let topology: Uint8Array | undefined = encodeTopology(this.topology);
    const runs = freezeState(this.workflows);
    return {
      get isOpen() {
        return runs.isOpen;
      },
      next: () => {
        const piece = topology ?? runs.next();
        topology = undefined;
        return piece;
      },
      close: () => runs.close(),
    };
  }

  thaw(): StateIntake {
    let topology: Uint8Array | undefined;
    const runs = new StateBuilder(this.workflows);
    return {
      add: (piece) => {
        if (topology === undefined) topology = piece;
        else runs.add(piece);
      },
      finish: () => {
        if (topology === undefined) throw new MalformedError("a state without its topology");
        runs.finish();
        restoreTopology(this.topology, topology);
      },
    };
  }

  /** Who is gone from the topology owns nothing, and never will. */
  #removeGone(context: CommandContext): readonly MachineEvent[] {
    return [...this.topology.nodes.values()]
      .filter(({ status }) => status.kind !== "member")
      .flatMap(({ id }) => removeMember(this.workflows, id, context));
  }
}

export const topologyBytes = (command: TopologyCommand): Uint8Array =>
  tagged(TOPOLOGY, encodeTopologyCommand(command));

export const workflowBytes = (command: Command): Uint8Array =>
  tagged(WORKFLOW, encodeCommand(command));

function tagged(tag: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(body.length + 1);
  bytes[0] = tag;
  bytes.set(body, 1);
  return bytes;
}
