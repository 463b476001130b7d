// Where in the user's source a suspended body stands. Its stack is mapped by Node itself, as all
// stacks are, where source maps are switched on.

import { fileURLToPath } from "node:url";

/** What is below it is the library's own. */
const LIBRARY = fileURLToPath(new URL("../", import.meta.url));
/** A loader's query behind the file's name is nobody's place. */
const FRAME = /^\s+at (?:.* \()?(.+?)(?:\?[^:]*)?(:\d+:\d+)\)?$/;

/** `file:line:column` of the first frame that is the user's; undefined: none is. */
export function locate(stack: string): string | undefined {
  for (const line of stack.split("\n")) {
    const [, file, place] = FRAME.exec(line) ?? [];
    if (file === undefined || file.startsWith("node:")) continue;
    const path = file.startsWith("file:") ? fileURLToPath(file) : file;
    if (!path.startsWith(LIBRARY)) return `${path}${place}`;
  }
  return;
}
