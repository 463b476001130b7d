// What all members and clients of a cluster must have alike, so that each can read what another
// wrote: the name of the codec, and the types with their versions. As a text, since it is compared
// on the wire, kept beside a node's log, and shown to people.

import type { PayloadCodec } from "../dsl/payload-codec.ts";
import type { ValueType } from "../dsl/value-type.ts";

interface ValueOptions {
  readonly codec?: PayloadCodec | undefined;
  readonly types?: readonly ValueType[] | undefined;
}

/** `codec aes; types money@1, point@2`: sorted, the same for the same. */
export function valueTerms({ codec, types = [] }: ValueOptions): string {
  const names = types.map(({ name, version }) => `${name}@${version}`).sort();
  return `codec ${codec?.name ?? NONE}; types ${names.join(", ") || NONE}`;
}

const NONE = "none";

/**
 * May who comes back with these go on among members with those? The codec must be the same; types
 * it may have more, for a release that adds one, but none less, and none of another version.
 */
export function reads(own: string, members: string): boolean {
  const [mine, theirs] = [partsOf(own), partsOf(members)];
  return mine.codec === theirs.codec && theirs.types.every((type) => mine.types.includes(type));
}

function partsOf(terms: string): { readonly codec: string; readonly types: readonly string[] } {
  const at = terms.indexOf("; types ");
  const types = terms.slice(at + "; types ".length).split(", ");
  return { codec: terms.slice(0, at), types: types.filter((type) => type !== NONE) };
}
