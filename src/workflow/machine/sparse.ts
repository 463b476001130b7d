// Maps of a run that most runs have nothing in. An empty map costs 200 bytes and a run has nine, so
// they share one until something is put in (rule 20: 100,000 sleeping runs on a node).
// I1. nothing is ever put into the shared ones: only these functions change a run's maps.

import type { Position } from "../../std/ids.ts";
import type { Entered } from "./state.ts";

const EMPTY_MAP: ReadonlyMap<never, never> = new Map<never, never>();
/** Positions of a run that most have none of. */
export const NO_MARKS: readonly Position[] = [];
export const NOTHING_ENTERED: readonly Entered[] = [];

const EMPTY_SET: ReadonlySet<never> = new Set<never>();

export const noEntries = (): ReadonlyMap<never, never> => EMPTY_MAP;
export const noIds = (): ReadonlySet<never> => EMPTY_SET;

/** The map that has the entry, to be kept in the place of the one that was given. */
export function put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  const own: Map<K, V> = map instanceof Map && !Object.is(map, EMPTY_MAP) ? map : new Map<K, V>();
  return own.set(key, value);
}

/** The map without the entry, likewise. */
export function drop<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key) || !(map instanceof Map)) return map;
  if (map.size === 1) return EMPTY_MAP;
  map.delete(key);
  return map;
}

/** The set with the id, likewise; with more than `max` the oldest are forgotten. */
export function addId(ids: ReadonlySet<string>, id: string, max: number): ReadonlySet<string> {
  const own: Set<string> =
    ids instanceof Set && !Object.is(ids, EMPTY_SET) ? ids : new Set<string>();
  own.add(id);
  if (own.size <= max) return own;
  for (const oldest of own) {
    own.delete(oldest);
    break;
  }
  return own;
}

/** Of what a snapshot holds. */
export const mapOf = <K, V>(entries: readonly (readonly [K, V])[]): ReadonlyMap<K, V> =>
  entries.length === 0 ? EMPTY_MAP : new Map(entries);
