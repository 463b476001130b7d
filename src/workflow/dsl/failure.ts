// What crosses the log in an error's place: data, never an Error.

/** An error as the log keeps it. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: Failure | { readonly value: Uint8Array };
  /** The error's own enumerable data, encoded as a record. */
  readonly data?: Uint8Array;
  /** No retry policy runs it again. */
  readonly isFinal?: boolean;
}
