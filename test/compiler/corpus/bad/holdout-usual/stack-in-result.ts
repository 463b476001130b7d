import { step, workflow } from "raftoral";

const risky = step("risky", async (id: string) => id);

export const guarded = workflow({
  name: "guarded",
  run: function* (id: string) {
    try {
      return { ok: yield* risky(id) };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const where = error.stack?.split("\n")[1];
      throw new Error(`failed at ${where}`);
    }
  },
});
