import { step, workflow } from "raftoral";

type Handler = (input: string) => string;
const handlers: Record<string, Handler> = {};

export function register(name: string, handler: Handler): void {
  handlers[name] = handler;
}

const finish = step("finish", async (text: string) => text);

export const dispatch = workflow({
  name: "dispatch",
  run: function* (input: { kind: string; text: string }) {
    const handler = handlers[input.kind];
    return yield* finish(handler?.(input.text) ?? "");
  },
});
