import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { Execution } from "./history.ts";

/** The outside world: applies each key once, and remembers every execution. */
export interface EffectServer {
  readonly url: string;
  readonly executions: readonly Execution[];
  close(): Promise<void>;
}

/** Answers each execution with a text that no other one gets. */
export async function startEffectServer(): Promise<EffectServer> {
  const executions: Execution[] = [];
  const server = createServer(async (request, response) => {
    const said = JSON.parse(await textOf(request));
    const token = `e${executions.length + 1}`;
    executions.push({ token, ...said });
    response.end(token);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    executions,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
