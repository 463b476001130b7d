// Where a suspended generator stands in the user's source. Asked once, when a body has diverged: it
// starts V8's debugger for a moment, which costs some milliseconds.

import { Session } from "node:inspector";
import { findSourceMap } from "node:module";
import { fileURLToPath } from "node:url";

/** Under this name the generator is handed to the debugger, for that moment. */
const HANDED = "__raftoralLocated";

/** `file:line:column`; undefined where it cannot be told: of a body that has ended. */
export function locate(generator: object): string | undefined {
  const session = new Session();
  session.connect();
  const urls = new Map<string, string>();
  let place: Place | undefined;
  session.on("Debugger.scriptParsed", ({ params }) => urls.set(params.scriptId, params.url));
  Reflect.set(globalThis, HANDED, generator);
  try {
    session.post("Debugger.enable");
    session.post("Runtime.evaluate", { expression: HANDED }, (_error, evaluated) => {
      const { objectId } = evaluated?.result ?? {};
      if (objectId === undefined) return;
      session.post("Runtime.getProperties", { objectId, ownProperties: true }, (_e, properties) => {
        const found = properties?.internalProperties ?? [];
        place = found.find(({ name }) => name === "[[GeneratorLocation]]")?.value?.value;
      });
    });
  } finally {
    Reflect.deleteProperty(globalThis, HANDED);
    session.disconnect();
  }
  return place === undefined ? undefined : written(urls.get(place.scriptId), place);
}

interface Place {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber?: number;
}

/** Where it was written, if a source map tells. */
function written(url: string | undefined, place: Place): string | undefined {
  if (url === undefined || url === "") return;
  const { lineNumber: line, columnNumber: column = 0 } = place;
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  const entry = findSourceMap(path)?.findEntry(line, column);
  if (entry === undefined || !("originalSource" in entry))
    return `${path}:${line + 1}:${column + 1}`;
  const { originalColumn, originalLine, originalSource } = entry;
  const source = originalSource.startsWith("file:")
    ? fileURLToPath(originalSource)
    : originalSource;
  return `${source}:${originalLine + 1}:${originalColumn + 1}`;
}
