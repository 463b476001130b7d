export declare function isPast(date: Date): boolean;
