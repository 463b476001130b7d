import type { StandardSchema } from "raftoral";

/** A schema as somebody writes one without a library. What it gives is not checked by its type. */
export const handMade = <I, O = I>(
  validate: (value: unknown) => unknown,
): StandardSchema<I, O> => ({
  "~standard": {
    version: 1,
    vendor: "by hand",
    validate: validate as StandardSchema<I, O>["~standard"]["validate"],
  },
});

export const whole: StandardSchema<number> = handMade<number>((value) =>
  Number.isSafeInteger(value) ? { value } : { issues: [{ message: "no whole number" }] },
);
