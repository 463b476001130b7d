import { step, workflow } from "raftoral";

const store = step("store", async (id: string) => id);
const makers = new Map<string, () => string>([
  ["fixed", () => "0"],
  ["random", () => crypto.randomUUID()],
]);

export const made = workflow({
  name: "made",
  run: function* (kind: string) {
    return yield* store(makers.get(kind)?.() ?? "none");
  },
});
