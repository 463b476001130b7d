/** A broken invariant: a bug of ours. Stops the replica that met it, never the host process. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** Always on. One property each; the message is the law that must hold. */
export function assert(condition: unknown, law: string): asserts condition {
  if (!condition) throw new InvariantError(law);
}

/** The default arm of a total switch: does not compile while a kind is missing. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable: ${String(value)}`);
}
