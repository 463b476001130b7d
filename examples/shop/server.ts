import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { parseArgs } from "node:util";
import { type ChargeRequest, Ledger } from "./ledger.ts";

// The outside world of the demo, as a process of its own: stock and payments over HTTP.
// Prints {"port":N} when it listens; ends when its stdin closes, so as not to outlive the demo.

const BODY_BYTES_MAX = 64 * 1024;
const { values } = parseArgs({ options: { "delay-ms": { type: "string", default: "0" } } });
const delayMs = Number(values["delay-ms"]);
const ledger = new Ledger();

interface Answer {
  readonly status: number;
  readonly body: unknown;
}
const answer = (status: number, body: unknown): Answer => ({ status, body });
const refuse = (status: number, error: string): Answer => answer(status, { error });

async function handle(request: IncomingMessage): Promise<Answer> {
  const { pathname } = new URL(request.url ?? "/", "http://shop");
  const route = `${request.method} ${pathname}`;
  if (route === "GET /report") return answer(200, ledger.report());
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  if (route.startsWith("GET /stock/")) return stock(decodeURIComponent(pathname.slice(7)));
  if (route === "POST /charge") return charge(request);
  return refuse(404, `no ${route}`);
}

function stock(sku: string): Answer {
  const available = ledger.stock(sku);
  if (available === undefined) return refuse(404, `no article ${sku}`);
  return answer(200, { sku, available });
}

async function charge(request: IncomingMessage): Promise<Answer> {
  const key = request.headers["idempotency-key"];
  if (typeof key !== "string" || key === "") return refuse(400, "no idempotency-key");
  const body = parseCharge(await textOf(request));
  if (body === undefined) return refuse(400, "expects {orderId, amountCents, failFirst}");
  const outcome = ledger.charge(key, body);
  if (outcome === "unavailable") return refuse(503, "the bank is not reachable, try again");
  if (outcome === "key-reused") return refuse(422, "this key was used for another charge");
  return answer(200, outcome);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) return "";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseCharge(text: string): ChargeRequest | undefined {
  try {
    const { orderId, amountCents, failFirst = 0 } = JSON.parse(text);
    const isWhole = (n: unknown): boolean => Number.isSafeInteger(n) && Number(n) >= 0;
    if (typeof orderId !== "string" || !isWhole(amountCents) || !isWhole(failFirst)) return;
    return { orderId, amountCents, failFirst };
  } catch {
    return undefined;
  }
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = await handle(request).catch((e) => refuse(500, String(e)));
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

const server = createServer((request, response) => void respond(request, response));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  console.log(JSON.stringify({ port }));
});
process.stdin.resume().on("close", () => process.exit(0));
