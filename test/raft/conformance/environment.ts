// Members, the messages between them, and what happens when someone is let run.

import { isLocalTarget, type Message, type MessageType } from "../../../src/raft/message.ts";
import type { StepError } from "../../../src/raft/step.ts";
import { type NodeId, nodeId } from "../../../src/std/ids.ts";
import { Member, type MemberOptions } from "./member.ts";
import { Output } from "./output.ts";
import { renderMessage, renderMessages, renderReady } from "./render-messages.ts";
import { renderTrace } from "./render-trace.ts";

const ERRORS: Readonly<Record<StepError, string>> = {
  "proposal-dropped": "raft proposal dropped",
  "unknown-peer": "raft: cannot step as peer not found",
  "local-message": "raft: cannot step raft local message",
};
export const renderError = (error: StepError): string => ERRORS[error];

export interface Recipient {
  readonly id: NodeId;
  readonly isDropped: boolean;
}

export class Environment {
  readonly output = new Output();
  readonly members: Member[] = [];
  /** Sent and not delivered, oldest first. */
  #network: Message[] = [];

  member(id: NodeId): Member {
    const found = this.members[id - 1];
    if (found === undefined) throw new Error(`no member ${id}`);
    return found;
  }

  add(options: Omit<MemberOptions, "id">): void {
    const id = nodeId(this.members.length + 1);
    const trace: MemberOptions["trace"] = (event) => {
      for (const line of renderTrace(event)) this.output.log(line);
    };
    this.members.push(new Member({ ...options, id, trace }));
  }

  send(messages: readonly Message[]): void {
    this.#network.push(...messages);
  }

  processReady(member: Member): void {
    const ready = member.node.ready();
    this.output.write(renderReady(ready));
    this.send(member.process(ready));
    member.done(ready);
  }

  processAppendThread(member: Member): void {
    const work = member.appendWork.shift();
    if (work === undefined) this.output.write("no append work to perform\n");
    else this.#processWork(work, () => member.append(work));
  }

  processApplyThread(member: Member): void {
    const work = member.applyWork.shift();
    if (work === undefined) this.output.write("no apply work to perform\n");
    else this.#processWork(work, () => member.apply(work));
  }

  #processWork(work: Message, perform: () => void): void {
    const { responses, ...rest } = work;
    this.output.write(`Processing:\n${renderMessage({ ...rest, responses: [] })}\n`);
    perform();
    this.output.write(`Responses:\n${renderMessages(responses)}`);
    this.send(responses);
  }

  /** How many were delivered or dropped. */
  deliver(recipients: readonly Recipient[], type?: MessageType): number {
    let count = 0;
    for (const recipient of recipients) {
      const fits = (m: Message): boolean => isFor(m, recipient, type);
      const chosen = this.#network.filter(fits);
      this.#network = this.#network.filter((m) => !fits(m));
      count += chosen.length;
      for (const m of chosen) this.#deliverOne(m, recipient.isDropped);
    }
    return count;
  }

  #deliverOne(m: Message, isDropped: boolean): void {
    this.output.write(`${isDropped ? "dropped: " : ""}${renderMessage(m)}\n`);
    if (isDropped) return;
    const taken = this.member(m.to).node.step(m);
    if (!taken.ok) this.output.write(`${renderError(taken.error)}\n`);
  }

  /** Lets `members` run until none has anything to do. */
  stabilize(members: readonly Member[]): void {
    let isBusy = true;
    while (isBusy) {
      isBusy = false;
      const each = (what: string, isDue: (m: Member) => boolean, run: (m: Member) => void) => {
        for (const member of members) {
          if (!isDue(member)) continue;
          isBusy = true;
          this.output.section(`${member.id} ${what}`, () => run(member));
        }
      };
      each(
        "handling Ready",
        ({ node }) => node.hasReady(),
        (member) => this.processReady(member),
      );
      each(
        "receiving messages",
        ({ id }) => this.#network.some((m) => isFor(m, { id, isDropped: false })),
        ({ id }) => this.deliver([{ id, isDropped: false }]),
      );
      each(
        "processing append thread",
        ({ appendWork }) => appendWork.length > 0,
        (member) => {
          while (member.appendWork.length > 0) this.processAppendThread(member);
        },
      );
      each(
        "processing apply thread",
        ({ applyWork }) => applyWork.length > 0,
        (member) => {
          while (member.applyWork.length > 0) this.processApplyThread(member);
        },
      );
    }
  }
}

/** What stays within a member cannot be lost on the way. */
const isWithin = (m: Message): boolean =>
  m.from === m.to || isLocalTarget(m.from) || isLocalTarget(m.to);

function isFor(m: Message, { id, isDropped }: Recipient, type?: MessageType): boolean {
  if (m.to !== id || (isDropped && isWithin(m))) return false;
  return type === undefined || m.type === type;
}
