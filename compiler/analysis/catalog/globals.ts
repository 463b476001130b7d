// The language's and the host's globals. What is not here is the same on every node: arithmetic,
// text, collections (whose order is that of insertion), regular expressions, JSON.

import type { Members } from "./entry.ts";

/** `Date#getHours` is a method of instances, `Date.now` one of the class. */
export const GLOBALS: Members = {
  time: `Date.now performance Performance Temporal.Now process.hrtime process.uptime
    Process#hrtime Process#uptime HRTime`,
  random: `Math.random crypto.randomUUID crypto.getRandomValues Crypto#randomUUID
    Crypto#getRandomValues crypto.subtle.generateKey SubtleCrypto#generateKey`,
  timer: `setTimeout setInterval setImmediate queueMicrotask process.nextTick Process#nextTick
    AbortSignal.timeout Atomics.wait Atomics.waitAsync requestAnimationFrame requestIdleCallback
    scheduler`,
  io: `fetch XMLHttpRequest WebSocket EventSource localStorage sessionStorage indexedDB caches
    document alert confirm prompt open process.stdout process.stdin process.stderr process.exit
    process.kill process.abort process.chdir process.send process.on process.once Deno Bun
    importScripts postMessage`,
  env: `process Process ProcessEnv navigator location screen history __dirname __filename
    import.meta`,
  async: `Promise Promise#then Promise#catch Promise#finally PromiseLike#then AsyncFunction`,
  locale: `Intl Date#getHours Date#getMinutes Date#getDate Date#getDay Date#getMonth
    Date#getFullYear Date#getYear Date#getTimezoneOffset Date#setHours Date#setMinutes
    Date#setDate Date#setMonth Date#setFullYear Date#toString Date#toDateString Date#toTimeString
    Date#toLocaleString Date#toLocaleDateString Date#toLocaleTimeString Number#toLocaleString
    BigInt#toLocaleString Array#toLocaleString ReadonlyArray#toLocaleString Object#toLocaleString
    String#localeCompare String#toLocaleUpperCase String#toLocaleLowerCase`,
  "error-stack":
    "Error#stack Error.captureStackTrace Error.prepareStackTrace Error.stackTraceLimit",
  gc: "WeakRef WeakRef#deref FinalizationRegistry gc process.memoryUsage Process#memoryUsage",
  logging: "console Console",
  "dynamic-code": "eval Function WebAssembly",
  concurrency: `Atomics SharedArrayBuffer Worker SharedWorker MessageChannel MessagePort
    BroadcastChannel navigator.locks`,
  clean: `Math Date Number String Boolean Symbol BigInt JSON Object Array Map Set WeakMap WeakSet
    RegExp Error URL URLSearchParams Function#apply Function#call Function#bind CallableFunction
    NewableFunction crypto.subtle.digest`,
};
