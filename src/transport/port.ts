// How processes reach each other by name. Carries bytes; treats every network as lossy datagrams.

/** Why something could not be delivered, as far as the sender can tell. */
export type DeliveryFailure = "no-responders" | "timed-out" | "closed" | "too-large";

/**
 * 1. `send` is best effort: it may lose, delay or repeat, and never throws for the network's sake.
 * 2. A message that arrives is byte-equal to one that was sent by its `from`.
 * 3. `request` settles: with the peer's reply, or by rejecting with a RaftoralError.
 * 4. After `close` nothing arrives and nothing is sent.
 * 5. `onUndelivered` is a hint that nobody listens under that name (a sign of death);
 *    it may be missing.
 */
export interface Transport {
  /** The configured name of this node. */
  readonly name: string;
  /** Largest body that `send` and `request` take, in bytes. */
  readonly maxBodyBytes: number;
  send(to: string, body: Uint8Array): void;
  /** @throws RaftoralError `no-responders`, `not-connected`, `timed-out`, `node-stopped`. */
  request(
    to: string,
    body: Uint8Array,
    options: { readonly timeoutMs: number },
  ): Promise<Uint8Array>;
  /**
   * Names of those who can be asked for a way in, as far as they show themselves in time; may be
   * stale. Never includes this node. Never rejects.
   */
  peers(options: { readonly timeoutMs: number }): Promise<readonly string[]>;
  /** Replaces the handlers before; what comes without any is lost. */
  listen(handlers: TransportHandlers): void;
  close(): void;
  /** What was met and dropped, by kind; which kinds there are is each transport's own. */
  readonly counters: Readonly<Record<string, number>>;
}

export interface TransportHandlers {
  onMessage(from: string, body: Uint8Array): void;
  onRequest(from: string, body: Uint8Array): Promise<Uint8Array>;
  onUndelivered(to: string, why: DeliveryFailure): void;
  /** This node was cut off and is back: the others' silence meanwhile tells nothing of them. */
  readonly onReconnected?: (() => void) | undefined;
  /** A client, which is no member, asks the cluster. Absent: this node takes no such calls. */
  readonly onCall?: ((client: string, body: Uint8Array) => Promise<Uint8Array>) | undefined;
}

/**
 * A place of a client, which is no member: it asks the cluster, and any member that takes calls
 * answers. `call` settles as `request` does.
 */
export interface ClientTransport {
  readonly name: string;
  readonly maxBodyBytes: number;
  /** @throws RaftoralError `no-responders`, `not-connected`, `timed-out`, `node-stopped`. */
  call(body: Uint8Array, options: { readonly timeoutMs: number }): Promise<Uint8Array>;
  close(): void;
}
