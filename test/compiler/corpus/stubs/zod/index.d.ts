interface Schema<T> { parse(value: unknown): T }
export declare const z: { number(): Schema<number>; object<S extends Record<string, Schema<any>>>(shape: S): Schema<{ [K in keyof S]: S[K] extends Schema<infer T> ? T : never }> };
