import { checkpoint, workflow } from "raftoral";

class Line {
  constructor(readonly sku: string, readonly count: number) {}
  toJSON(): object {
    return { sku: this.sku, count: this.count };
  }
}

export const lines = workflow({
  name: "lines",
  run: function* (skus: readonly string[]) {
    const text = JSON.stringify(skus.map((sku, i) => new Line(sku, i)));
    yield* checkpoint("text", text);
    return text;
  },
});
