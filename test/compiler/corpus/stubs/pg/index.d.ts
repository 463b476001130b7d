export declare class Client { query(text: string): Promise<unknown[]>; }
