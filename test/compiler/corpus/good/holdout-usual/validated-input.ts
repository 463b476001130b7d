import { z } from "zod";
import { fail, step, workflow } from "raftoral";

const Input = z.object({ email: z.string() });
const invite = step("invite", async (email: string) => email);

export const invitation = workflow({
  name: "invitation",
  run: function* (input: unknown) {
    const parsed = Input.safeParse(input);
    if (!parsed.success) return yield* fail(new Error("bad input"));
    return yield* invite(parsed.data.email);
  },
});
