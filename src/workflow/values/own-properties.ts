import { isDeepStrictEqual } from "node:util";

/** Up to so many elements their names are listed; of more that takes a second for a mebibyte. */
const LISTED_MAX = 64;

/**
 * Has it properties beside its elements, which no form of it holds? Of many elements Node is asked
 * whether the view is like another one of the same memory: it looks at names past the elements.
 */
export function hasOwnProperties(bytes: object): boolean {
  if (!ArrayBuffer.isView(bytes)) return Object.keys(bytes).length > 0;
  const twin = twinOf(bytes);
  if (twin === undefined) return false;
  if (twin.length <= LISTED_MAX) return Object.keys(bytes).length > twin.length;
  return !isDeepStrictEqual(bytes, twin);
}

type Elements = object & { readonly length: number };

/** undefined: it has no elements to tell its properties from. */
function twinOf(view: ArrayBufferView): Elements | undefined {
  const { buffer, byteOffset, byteLength } = view;
  if (Buffer.isBuffer(view)) return Buffer.from(view.buffer, byteOffset, byteLength);
  const Type: unknown = view.constructor;
  if (typeof Type !== "function" || !("BYTES_PER_ELEMENT" in Type)) return;
  const length = byteLength / Number(Type.BYTES_PER_ELEMENT);
  return Reflect.construct(Type, [buffer, byteOffset, length]);
}
