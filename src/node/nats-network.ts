// The network that `startNode({ nats })` and `connect({ nats })` are on.

import { connectNats, type NatsPlace } from "../transport/nats.ts";
import { connectNatsClient } from "../transport/nats-client.ts";
import type { LinkEvent } from "../transport/nats-connection.ts";
import type { NatsOptions } from "../transport/nats-options.ts";
import type { ClientTransport } from "../transport/port.ts";
import type { Network } from "./config.ts";
import type { NodeLog } from "./log.ts";
import type { Ports } from "./ports.ts";

export interface NatsNetworkParts {
  readonly cluster: string;
  readonly nats: NatsOptions;
  readonly ports: Ports;
  readonly log: NodeLog;
  readonly connectTimeoutMs: number;
}

export interface NatsNetwork extends Network {
  client(name: string): Promise<ClientTransport>;
}

export function natsNetwork(parts: NatsNetworkParts): NatsNetwork {
  const { cluster, connectTimeoutMs, log, nats, ports } = parts;
  const place = (name: string): NatsPlace => ({
    name,
    cluster,
    nats,
    clock: ports.clock,
    timers: ports.timers,
    life: ports.chance.id(),
    connectTimeoutMs,
    onEvent: (event) => note(log, event),
  });
  return {
    join: (name) => connectNats(place(name)),
    client: (name) => connectNatsClient(place(name)),
  };
}

function note(log: NodeLog, event: LinkEvent): void {
  switch (event.kind) {
    case "disconnected":
      log.warn("the connection to NATS is gone: reconnecting for as long as it takes");
      break;
    case "reconnected":
      log.warn("the connection to NATS is back");
      break;
    case "refused":
      log.error("NATS does not allow a subject", {
        operation: event.operation,
        subject: event.subject,
      });
      break;
    case "error":
      log.error("NATS reports an error", { code: event.code });
      break;
  }
}
