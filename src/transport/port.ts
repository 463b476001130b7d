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
  /** @throws RaftoralError `no-responders`, `timed-out`, `node-stopped`. */
  request(
    to: string,
    body: Uint8Array,
    options: { readonly timeoutMs: number },
  ): Promise<Uint8Array>;
  /** Names that can be asked for a way in; may be stale. Never includes this node. */
  peers(): readonly string[];
  listen(handlers: TransportHandlers): void;
  close(): void;
}

export interface TransportHandlers {
  onMessage(from: string, body: Uint8Array): void;
  onRequest(from: string, body: Uint8Array): Promise<Uint8Array>;
  onUndelivered(to: string, why: DeliveryFailure): void;
}
