// A cluster's uuid: its stem, of the first founding, and behind a dot the life after a recovery.

/** What a recovery makes of a cluster: of the same stem, and foreign to all that were in it. */
export const offspringOf = (clusterUuid: string, life: string): string =>
  `${stemOf(clusterUuid)}.${life}`;

/** Outlives a recovery: so the keys of effects do, by which the outside world knows repeats. */
export const stemOf = (clusterUuid: string): string => clusterUuid.split(".")[0] ?? clusterUuid;
