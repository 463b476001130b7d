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
  return filter;
}
