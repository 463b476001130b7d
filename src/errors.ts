/** Stable names for what can go wrong at the public edge. Each has a section in docs/errors.md. */
export type ErrorCode =
  | "invalid-argument"
  | "input-invalid"
  | "schema-failed"
  | "codec-failed"
  | "values-mismatch"
  | "workflow-conflict"
  | "workflow-not-found"
  | "workflow-not-registered"
  | "workflow-failed"
  | "workflow-terminated"
  | "workflow-cancelled"
  | "workflow-timed-out"
  | "workflow-ended"
  | "journal-full"
  | "non-retryable"
  | "compensation-failed"
  | "effect-outcome-unknown"
  | "not-deterministic"
  | "variable-not-found"
  | "cancelled"
  | "unserializable"
  | "payload-too-large"
  | "timed-out"
  | "overloaded"
  | "no-leader"
  | "node-stopped"
  | "node-failed"
  | "no-responders"
  | "not-connected"
  | "not-authorized"
  | "name-in-use"
  | "version-mismatch"
  | "wrong-cluster"
  | "malformed"
  | "join-refused"
  | "node-removed"
  | "disk-full"
  | "log-damaged"
  | "directory-in-use"
  | "directory-unusable"
  | "lint-config-invalid"
  | "module-not-loaded";

export interface ErrorOptions {
  readonly cause?: unknown;
  /** The same call may succeed later, unchanged: retry with the same ids. Default false. */
  readonly retryable?: boolean;
}

/** The base of every error that this library throws at its public edge. */
export class RaftoralError extends Error {
  override readonly name: string = "RaftoralError";
  /** Stable across versions: match on this, never on the message. */
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** A call that cannot be understood: nothing was done. */
export const invalidArgument = (message: string): RaftoralError =>
  new RaftoralError("invalid-argument", message);

/** What a schema found wrong, and where in the input: keys of records, indexes of arrays. */
export interface InputIssue {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** An input does not fit its schema: nothing was proposed, and no attempt is made again. */
export class InputInvalid extends RaftoralError {
  override readonly name = "InputInvalid";
  readonly nonRetryable = true;
  /** At most 32. */
  readonly issues: readonly InputIssue[];
  constructor(of: string, issues: readonly InputIssue[], count: number = issues.length) {
    const shown = issues.slice(0, ISSUES_SHOWN).map(issueText).join("; ");
    const more = count > ISSUES_SHOWN ? `; and ${count - ISSUES_SHOWN} more` : "";
    const why = count === 0 ? ", which names no issue" : `: ${shown}${more}`;
    super("input-invalid", `the input of ${of} does not fit its schema${why}`);
    this.issues = issues;
  }
}

const ISSUES_SHOWN = 5;

function issueText({ message, path }: InputIssue): string {
  const place = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  return place === "" ? message : `${place.replace(/^\./, "")}: ${message}`;
}

/** A start reuses an id with another input, workflow or version: nothing was started. */
export class WorkflowConflict extends RaftoralError {
  override readonly name = "WorkflowConflict";
  constructor(message: string, options?: ErrorOptions) {
    super("workflow-conflict", message, options);
  }
}

/** No run has this workflow id in the group. */
export class WorkflowNotFound extends RaftoralError {
  override readonly name = "WorkflowNotFound";
  constructor(message: string, options?: ErrorOptions) {
    super("workflow-not-found", message, options);
  }
}

/** The run ended by an error; `cause` is that error as the workflow threw it. */
export class WorkflowFailed extends RaftoralError {
  override readonly name = "WorkflowFailed";
  constructor(message: string, options?: ErrorOptions) {
    super("workflow-failed", message, options);
  }
}

/** The run was ended from outside before it came to its own end. */
export class WorkflowTerminated extends RaftoralError {
  override readonly name = "WorkflowTerminated";
  constructor(message: string, options?: ErrorOptions) {
    super("workflow-terminated", message, options);
  }
}

/** The run was cancelled, cleaned up, and ended by it. */
export class WorkflowCancelled extends RaftoralError {
  override readonly name = "WorkflowCancelled";
  constructor(message: string, options?: ErrorOptions) {
    super("workflow-cancelled", message, options);
  }
}

/** The run took longer than the `timeout` that it was started with: it was ended. */
export class WorkflowTimedOut extends RaftoralError {
  override readonly name = "WorkflowTimedOut";
  constructor(message: string, options?: ErrorOptions) {
    super("workflow-timed-out", message, options);
  }
}

/** What is sent to a run came after its end: nothing was recorded. */
export class WorkflowEnded extends RaftoralError {
  override readonly name = "WorkflowEnded";
  constructor(message: string, options?: ErrorOptions) {
    super("workflow-ended", message, options);
  }
}

/**
 * An `atMostOnce` effect was begun, and nobody knows how it ended: it may have acted on the world.
 * It is not run again.
 */
export class EffectOutcomeUnknown extends RaftoralError {
  override readonly name = "EffectOutcomeUnknown";
  constructor(message: string, options?: ErrorOptions) {
    super("effect-outcome-unknown", message, options);
  }
}

/** Thrown by an effect body or a workflow: no retry policy tries again. */
export class NonRetryable extends RaftoralError {
  override readonly name = "NonRetryable";
  readonly nonRetryable = true;
  constructor(message: string, options?: ErrorOptions) {
    super("non-retryable", message, options);
  }
}

/**
 * A saga was to be undone, and some of its compensations failed: `errors` are theirs, `cause` is
 * what it was undone for. The others ran.
 */
export class CompensationFailed extends RaftoralError {
  override readonly name = "CompensationFailed";
  readonly errors: readonly unknown[];
  constructor(errors: readonly unknown[], cause: unknown) {
    const [first] = errors;
    const why = first instanceof Error ? `${first.name}: ${first.message}` : String(first);
    super("compensation-failed", `${errors.length} compensations failed; the first: ${why}`, {
      cause,
    });
    this.errors = errors;
  }
}

/**
 * A value cannot cross the log: it would come back as something else. Names the place in the value.
 */
export class Unserializable extends RaftoralError {
  override readonly name = "Unserializable";
  constructor(message: string, options?: ErrorOptions) {
    super("unserializable", message, options);
  }
}

/**
 * Thrown into a branch that lost, or into all of a run that is cancelled: where it waits, or at its
 * next effect that would. Once; its clean-up may use effects.
 */
export class Cancelled extends RaftoralError {
  override readonly name = "Cancelled";
  constructor(message: string, options?: ErrorOptions) {
    super("cancelled", message, options);
  }
}

/** A wait passed its limit. What was asked for may still happen: ask again with the same ids. */
export class TimedOut extends RaftoralError {
  override readonly name = "TimedOut";
  constructor(message: string, options?: ErrorOptions) {
    super("timed-out", message, { retryable: true, ...options });
  }
}

/** A queue is at its limit; nothing was proposed. */
export class Overloaded extends RaftoralError {
  override readonly name = "Overloaded";
  constructor(message: string, options?: ErrorOptions) {
    super("overloaded", message, { retryable: true, ...options });
  }
}

/**
 * The node's disk is full. Where nothing was proposed the message says so; else what was asked for
 * may still happen when there is room: ask again with the same ids.
 */
export class DiskFull extends RaftoralError {
  override readonly name = "DiskFull";
  constructor(message: string, options?: ErrorOptions) {
    super("disk-full", message, { retryable: true, ...options });
  }
}

const CLASSES: Readonly<
  Partial<Record<ErrorCode, new (message: string, options?: ErrorOptions) => RaftoralError>>
> = {
  "workflow-conflict": WorkflowConflict,
  "workflow-not-found": WorkflowNotFound,
  "workflow-failed": WorkflowFailed,
  "workflow-terminated": WorkflowTerminated,
  "workflow-cancelled": WorkflowCancelled,
  "workflow-timed-out": WorkflowTimedOut,
  "workflow-ended": WorkflowEnded,
  unserializable: Unserializable,
  cancelled: Cancelled,
  "timed-out": TimedOut,
  overloaded: Overloaded,
  "disk-full": DiskFull,
};

/** The same error as its own class: what crossed the wire is told apart as if thrown here. */
export function typedError(error: RaftoralError): RaftoralError {
  const Class = CLASSES[error.code];
  const { cause, message, retryable } = error;
  if (Class === undefined || error instanceof Class) return error;
  return new Class(message, { cause, retryable });
}
