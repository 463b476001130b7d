// sfc32: small, fast, passes PractRand; an LCG's low bits are too weak for `below`.

export interface Prng {
  /** 32 random bits as an unsigned integer. */
  u32(): number;
  /** An integer in [0, limit); `limit` at least 1. */
  below(limit: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** 53 random bits in [0, 1). */
  unit(): number;
  pick<T>(items: readonly [T, ...T[]]): T;
}

/** The same seed gives the same sequence for ever: runs record values made from it. */
export function prng(seed: number): Prng {
  return fromState([0x9e3779b9 ^ seed, 0x243f6a88, 0xb7e15162, seed >>> 0]);
}

/** A generator of its own for each concern, so that one concern's draws do not shift another's. */
export function prngOf(seed: number, concern: string): Prng {
  let h = 2166136261;
  for (let i = 0; i < concern.length; i++) h = Math.imul(h ^ concern.charCodeAt(i), 16777619);
  return fromState([0x9e3779b9 ^ seed, h | 0, 0xb7e15162, seed >>> 0]);
}

function fromState(state: readonly [number, number, number, number]): Prng {
  let [a, b, c, d] = state;
  const u32 = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 15; i++) u32();
  const below = (limit: number): number => Math.floor((u32() / 4294967296) * limit);
  const unit = (): number => ((u32() >>> 5) * 67108864 + (u32() >>> 6)) / 9007199254740992;
  return {
    u32,
    below,
    unit,
    chance: (p) => u32() / 4294967296 < p,
    pick: (items) => items[below(items.length)] ?? items[0],
  };
}
