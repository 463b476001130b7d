import type { ValueCodec } from "../dsl/value-codec.ts";

export interface CodecOptions {
  /** Largest encoded value. Default 1 MiB. */
  readonly maxBytes?: number;
}

export declare function createValueCodec(options?: CodecOptions): ValueCodec;
