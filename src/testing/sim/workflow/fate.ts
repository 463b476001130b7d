// What is to become of an effect body, said by the program itself: then its outcome is the same
// whoever runs it, and however often.

export interface Fate {
  readonly value: number;
  /** Attempts below it fail; infinite: all of them. */
  readonly failsBelow: number;
  /** Its failure is no reason to try again. */
  readonly isFinal: boolean;
  /** It never ends: its time-out does. */
  readonly hangs: boolean;
}

/** The failure of an attempt that was to fail. Without its stack, which is no part of a trace. */
export function fatalError({ value, isFinal }: Fate): Error {
  const error = new Error(`failed ${value}`);
  error.stack = "";
  return isFinal ? Object.assign(error, { nonRetryable: true }) : error;
}

export const isFailing = ({ failsBelow }: Fate, attempt: number): boolean => attempt < failsBelow;
