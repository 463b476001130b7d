export declare function v4(): string;
export declare function v5(name: string, namespace: string): string;
export declare function validate(id: string): boolean;
