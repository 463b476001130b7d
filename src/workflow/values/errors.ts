// Errors as data and back. What comes back is an Error with the name, message, stack, cause and own
// data of the one that was thrown; its class stays behind.

const OWN_FIELDS: ReadonlySet<string> = new Set(["name", "message", "stack", "cause"]);

/** What an error's parts are once its class is left behind. */
export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly cause?: unknown;
  readonly data?: unknown;
}

/** An error's own enumerable data, and what an AggregateError gathered. Never throws. */
export function ownData(error: Error): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    if (OWN_FIELDS.has(key)) continue;
    try {
      data[key] = Reflect.get(error, key);
    } catch {
      // A getter that throws has nothing to tell.
    }
  }
  if (error instanceof AggregateError) data["errors"] = error.errors;
  return data;
}

/** `stack` is what was recorded, or the same words on every member: never where it was decoded. */
export function makeError(parts: ErrorParts): Error {
  const { name, message, stack = `${name}: ${message}`, data } = parts;
  const error = new Error(message, "cause" in parts ? { cause: parts.cause } : undefined);
  define(error, "name", name);
  define(error, "stack", stack);
  if (typeof data === "object" && data !== null) {
    for (const [key, value] of Object.entries(data)) {
      if (!OWN_FIELDS.has(key)) Object.defineProperty(error, key, { ...plain, value });
    }
  }
  return error;
}

const plain = { configurable: true, enumerable: true, writable: true } as const;

function define(error: Error, key: "name" | "stack", value: string): void {
  Object.defineProperty(error, key, { ...plain, enumerable: false, value });
}
