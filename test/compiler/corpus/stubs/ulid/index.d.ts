export declare function ulid(): string;
