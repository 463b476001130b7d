import { randomUUID as requestId } from "node:crypto";
import { step, workflow } from "raftoral";

interface Request { readonly id: string; readonly path: string }
const call = step("call", async (request: Request) => request.path);

const request = (path: string): Request => ({ id: requestId(), path });

export const proxy = workflow({
  name: "proxy",
  run: function* (path: string) {
    return yield* call(request(path));
  },
});
