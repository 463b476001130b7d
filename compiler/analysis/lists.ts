/** Methods of a list, or of a Map, that give one of its items. */
export const LISTS_GIVING_ITEMS: ReadonlySet<string> = new Set([
  "at",
  "find",
  "findLast",
  "get",
  "pop",
  "shift",
]);

/** Methods of a list that give a list of its items. */
export const LISTS_GIVING_LISTS: ReadonlySet<string> = new Set([
  "slice",
  "values",
  "filter",
  "concat",
  "reverse",
  "toReversed",
  "toSorted",
]);

/** Functions that are handed to these are called at once, and what they return is ignored. */
export const CALLERS_THAT_IGNORE: ReadonlySet<string> = new Set(["forEach"]);

/** What these are handed decides something: an effect there is always true. */
export const CALLERS_THAT_TEST: ReadonlySet<string> = new Set([
  "filter",
  "some",
  "every",
  "find",
  "findIndex",
  "findLast",
  "findLastIndex",
  "sort",
  "toSorted",
]);

const LISTENERS = [
  "on",
  "once",
  "off",
  "addListener",
  "removeListener",
  "removeAllListeners",
  "prependListener",
  "prependOnceListener",
];

/** Methods that change what they are called on, by the type that has them. */
export const MUTATORS: Readonly<Record<string, readonly string[]>> = {
  Array: ["push", "pop", "shift", "unshift", "splice", "sort", "reverse", "fill", "copyWithin"],
  Map: ["set", "delete", "clear"],
  WeakMap: ["set", "delete"],
  Set: ["add", "delete", "clear"],
  WeakSet: ["add", "delete"],
  URLSearchParams: ["append", "delete", "set", "sort"],
  Headers: ["append", "delete", "set"],
  FormData: ["append", "delete", "set"],
  DataView: ["setInt8", "setUint8", "setInt16", "setUint16", "setInt32", "setUint32"],
  EventEmitter: [...LISTENERS, "emit"],
  EventTarget: ["addEventListener", "removeEventListener", "dispatchEvent"],
  Uint8Array: ["set", "fill", "sort", "reverse", "copyWithin"],
};

export const MUTATOR_NAMES: ReadonlySet<string> = new Set([
  ...Object.values(MUTATORS).flat(),
  "setTime",
  "setUTCHours",
  "setUTCDate",
  "setUTCMonth",
  "setUTCFullYear",
  "setUTCMinutes",
  "setUTCSeconds",
  "setUTCMilliseconds",
]);

/** What these are handed is kept and not called; whoever takes it out calls it. */
export const CALLERS_THAT_STORE: ReadonlySet<string> = new Set(["push", "unshift", "set", "add"]);
