import { step, workflow } from "raftoral";

type Shape = { kind: "circle"; r: number } | { kind: "square"; a: number };
const draw = step("draw", async (area: number) => area);
function assertNever(value: never): never {
  throw new TypeError(`unexpected ${String(value)}`);
}
function area(shape: Shape): number {
  switch (shape.kind) {
    case "circle":
      return Math.PI * shape.r ** 2;
    case "square":
      return shape.a ** 2;
    default:
      return assertNever(shape);
  }
}

export const drawing = workflow({
  name: "drawing",
  run: function* (shapes: readonly Shape[]) {
    let sum = 0;
    for (const shape of shapes) sum += yield* draw(area(shape));
    return sum;
  },
});
