import type { Names } from "./entry.ts";

/** Of Node's process: under the global, under the name of its type, and as a module. */
export const NODE_PROCESS: Names = {
  "read:env": "*",
  time: "hrtime hrtime.bigint uptime cpuUsage resourceUsage",
  timer: "nextTick",
  gc: "memoryUsage memoryUsage.rss availableMemory",
  env: "constrainedMemory cwd",
  "read:logging": "stdout stderr",
  "read:io": "stdin",
  io: "on once off emit exit abort kill send chdir",
  logging: "emitWarning",
  "dynamic-code": "binding dlopen getBuiltinModule",
};

/**
 * What ECMAScript's own globals are; whatever is not listed is clean. A static member and one of
 * the prototype share a name: no two of them differ. `new X` is asked for as `X.new`.
 */
export const ECMASCRIPT: Readonly<Record<string, Names>> = {
  Date: {
    time: "call now",
    locale: `getDate getDay getFullYear getHours getMinutes getMonth getTimezoneOffset getYear
      setDate setFullYear setHours setMinutes setMonth setYear toDateString
      toLocaleDateString toLocaleString toLocaleTimeString toString toTimeString getVarDate`,
    clean: "getMilliseconds",
  },
  Math: { random: "random" },
  String: { locale: "localeCompare toLocaleLowerCase toLocaleUpperCase" },
  Number: { locale: "toLocaleString" },
  BigInt: { locale: "toLocaleString" },
  Array: { locale: "toLocaleString", async: "fromAsync" },
  ReadonlyArray: { locale: "toLocaleString" },
  Intl: {
    locale: `DateTimeFormat.call DateTimeFormat.new NumberFormat.call NumberFormat.new
      Collator.call Collator.new PluralRules.new RelativeTimeFormat.new ListFormat.new
      DisplayNames.new Segmenter.new DurationFormat.new DateTimeFormat.supportedLocalesOf
      NumberFormat.supportedLocalesOf supportedValuesOf`,
  },
  Temporal: { time: "Now" },
  Promise: { async: "*" },
  PromiseLike: { async: "*" },
  PromiseConstructorLike: { async: "*" },
  Error: {
    "read:error-stack": "stack prepareStackTrace stackTraceLimit",
    "error-stack": "captureStackTrace",
  },
  WeakRef: { gc: "*" },
  FinalizationRegistry: { gc: "*" },
  gc: { gc: "*" },
  eval: { "dynamic-code": "*" },
  Function: { "dynamic-code": "call new" },
  GeneratorFunction: { "dynamic-code": "call new" },
  AsyncFunction: { "dynamic-code": "call new" },
  Atomics: { concurrency: "*", timer: "wait waitAsync" },
  SharedArrayBuffer: { concurrency: "*" },
};

/** Globals of browsers and of Node; whatever is not listed is clean. */
export const PLATFORM: Readonly<Record<string, Names>> = {
  performance: { time: "*", "read:time": "timeOrigin" },
  Performance: { time: "*", "read:time": "timeOrigin" },
  PerformanceObserver: { time: "*" },
  PerformanceEntry: { "read:time": "*" },
  Event: { "read:time": "timeStamp" },
  crypto: {
    random: "getRandomValues randomUUID subtle.generateKey",
    async: `subtle.encrypt subtle.decrypt subtle.sign subtle.verify subtle.digest subtle.importKey
      subtle.exportKey subtle.deriveBits subtle.deriveKey subtle.wrapKey subtle.unwrapKey`,
  },
  Crypto: { random: "getRandomValues randomUUID" },
  SubtleCrypto: { async: "*", random: "generateKey" },
  setTimeout: { timer: "*" },
  setInterval: { timer: "*" },
  setImmediate: { timer: "*" },
  clearTimeout: { timer: "*" },
  clearInterval: { timer: "*" },
  clearImmediate: { timer: "*" },
  queueMicrotask: { timer: "*" },
  requestAnimationFrame: { timer: "*" },
  cancelAnimationFrame: { timer: "*" },
  requestIdleCallback: { timer: "*" },
  scheduler: { timer: "*" },
  Scheduler: { timer: "*" },
  AbortSignal: { timer: "timeout" },
  fetch: { io: "*" },
  Response: { clean: "new", io: "json text arrayBuffer blob formData" },
  XMLHttpRequest: { io: "*" },
  WebSocket: { io: "*" },
  EventSource: { io: "*" },
  WebSocketStream: { io: "*" },
  localStorage: { io: "*" },
  sessionStorage: { io: "*" },
  Storage: { io: "*" },
  indexedDB: { io: "*" },
  IDBFactory: { io: "*" },
  caches: { io: "*" },
  CacheStorage: { io: "*" },
  FileReader: { io: "*" },
  alert: { io: "*" },
  confirm: { io: "*" },
  prompt: { io: "*" },
  document: { "read:io": "*" },
  Document: { "read:io": "*" },
  location: { "read:env": "*" },
  Location: { "read:env": "*" },
  navigator: { "read:env": "*" },
  Navigator: { "read:env": "*" },
  WorkerNavigator: { "read:env": "*" },
  NavigatorID: { "read:env": "*" },
  NavigatorLanguage: { "read:env": "*" },
  NavigatorOnLine: { "read:env": "*" },
  NavigatorConcurrentHardware: { "read:env": "*" },
  screen: { "read:env": "*" },
  history: { "read:env": "*" },
  __dirname: { "read:env": "*" },
  __filename: { "read:env": "*" },
  "import.meta": { "read:env": "*" },
  console: { logging: "*" },
  Console: { logging: "*" },
  Worker: { concurrency: "*" },
  SharedWorker: { concurrency: "*" },
  MessageChannel: { concurrency: "*" },
  MessagePort: { concurrency: "*" },
  BroadcastChannel: { concurrency: "*" },
  postMessage: { concurrency: "*" },
  Bun: { "read:io": "*" },
  Deno: { "read:io": "*", "read:env": "env pid", env: "hostname cwd" },
  import: { "dynamic-code": "call" },
  require: { "dynamic-code": "*", env: "resolve" },
};
