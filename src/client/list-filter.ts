import { RaftoralError } from "../errors.ts";
import { type Known, refuseUnknown } from "../workflow/dsl/known-options.ts";
import type { ListFilter } from "./gateway.ts";

const FILTERS: Known<ListFilter> = {
  status: true,
  name: true,
  version: true,
  tags: true,
  idPrefix: true,
  limit: true,
  cursor: true,
  stale: true,
};

/** Before it is sent: what is not known there would be left out. */
export function listFilter(filter: ListFilter = {}): ListFilter {
  refuseUnknown("list", filter, FILTERS);
  const { limit = 1 } = filter;
  if (Number.isSafeInteger(limit) && limit >= 1) return filter;
  throw new RaftoralError("invalid-argument", `limit ${limit}: a whole number from 1`);
}
