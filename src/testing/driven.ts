import type { Admin } from "../client/admin.ts";
import type { RunHandle } from "../client/handle.ts";
import type { Client } from "../node/connect.ts";
import type { Node } from "../node/node.ts";

/** How a test waits for what a node does. */
export type Drive = <T>(promise: Promise<T>) => Promise<T>;

/** The same node, whose every wait makes virtual time pass. */
export function driven(node: Node, drive: Drive): Node {
  return {
    name: node.name,
    start: async (workflow, input, options) =>
      drivenHandle(await drive(node.start(workflow, input, options)), drive),
    get: (workflow, id) => drivenHandle(node.get(workflow, id), drive),
    list: (filter) => drive(node.list(filter)),
    versions: (options) => drive(node.versions(options)),
    status: () => node.status(),
    ended: node.ended,
    admin: drivenAdmin(node.admin, drive),
    stop: (options) => drive(node.stop(options)),
    leave: (options) => drive(node.leave(options)),
  };
}

/** The same client, likewise. */
export function drivenClient(client: Client, drive: Drive): Client {
  return {
    name: client.name,
    start: async (workflow, input, options) =>
      drivenHandle(await drive(client.start(workflow, input, options)), drive),
    get: (workflow, id) => drivenHandle(client.get(workflow, id), drive),
    list: (filter) => drive(client.list(filter)),
    versions: (options) => drive(client.versions(options)),
    admin: drivenAdmin(client.admin, drive),
    close: () => client.close(),
  };
}

const drivenAdmin = (admin: Admin, drive: Drive): Admin => ({
  status: () => drive(admin.status()),
  remove: (name) => drive(admin.remove(name)),
  transfer: (to) => drive(admin.transfer(to)),
  rebalance: () => drive(admin.rebalance()),
});

function drivenHandle<O>(handle: RunHandle<O>, drive: Drive): RunHandle<O> {
  return {
    workflowId: handle.workflowId,
    result: (options) => drive(handle.result(options)),
    describe: (options) => drive(handle.describe(options)),
    watch: (options) => drivenItems(handle.watch(options), drive),
    variable: <T>(name: string, options?: { readonly stale?: boolean }) =>
      drive(handle.variable<T>(name, options)),
    signal: (signal, value, options) => drive(handle.signal(signal, value, options)),
    cancel: (reason, options) => drive(handle.cancel(reason, options)),
    terminate: (reason) => drive(handle.terminate(reason)),
    history: (options) => drivenItems(handle.history(options), drive),
    reset: (options) => drive(handle.reset(options)),
    resume: () => drive(handle.resume()),
  };
}

async function* drivenItems<T>(
  items: AsyncGenerator<T, void, undefined>,
  drive: Drive,
): AsyncGenerator<T, void, undefined> {
  try {
    for (;;) {
      const { done, value } = await drive(items.next());
      if (done === true) return;
      yield value;
    }
  } finally {
    await items.return();
  }
}
