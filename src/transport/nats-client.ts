// A client's place on Core NATS: it asks the cluster, and one of the members answers.

import { deliveryError } from "./delivery-error.ts";
import { type NatsPlace, notAllowed } from "./nats.ts";
import { NatsLink } from "./nats-connection.ts";
import { NatsRpc } from "./nats-rpc.ts";
import { Subjects } from "./nats-subjects.ts";
import type { ClientTransport } from "./port.ts";
import { RPC_OVERHEAD_BYTES } from "./rpc-codec.ts";

/** @throws RaftoralError `not-connected`, `not-authorized`. */
export async function connectNatsClient(place: NatsPlace): Promise<ClientTransport> {
  const refused: string[] = [];
  let onRefused = (_subject: string): void => {};
  const link = await NatsLink.open({
    ...place,
    onEvent: (event) => {
      if (event.kind === "refused") {
        refused.push(`${event.operation} ${event.subject}`);
        onRefused(event.subject);
      }
      place.onEvent(event);
    },
  });
  const client = new NatsClient(place, link);
  onRefused = (subject) => client.refused(subject);
  await link.settled();
  if (refused.length === 0) return client;
  client.close();
  throw notAllowed(place.name, refused);
}

class NatsClient implements ClientTransport {
  readonly name: string;
  readonly #link: NatsLink;
  readonly #rpc: NatsRpc;
  readonly #subject: string;
  #isClosed = false;

  constructor({ name, cluster, life, timers }: NatsPlace, link: NatsLink) {
    this.name = name;
    this.#link = link;
    this.#rpc = new NatsRpc({ name, life, link, timers, onUnheard: () => {} });
    this.#subject = new Subjects(cluster, name).api;
  }

  get maxBodyBytes(): number {
    return this.#link.maxPayloadBytes - RPC_OVERHEAD_BYTES;
  }

  async call(body: Uint8Array, { timeoutMs }: { readonly timeoutMs: number }): Promise<Uint8Array> {
    if (this.#isClosed) throw deliveryError("closed", "the cluster");
    if (body.length > this.maxBodyBytes) throw deliveryError("too-large", "the cluster");
    return this.#rpc.request({ peer: "the cluster", subject: this.#subject }, body, timeoutMs);
  }

  refused(subject: string): void {
    this.#rpc.refused(subject);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#rpc.close();
    this.#link.close();
  }
}
