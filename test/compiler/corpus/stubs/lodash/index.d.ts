export declare function shuffle<T>(list: readonly T[]): T[];
export declare function sortBy<T>(list: readonly T[]): T[];
export declare function groupBy<T>(list: readonly T[], key: (each: T) => unknown): Record<string, T[]>;
