import { transportContract } from "../contract/transport.ts";
import { natsWorld } from "../fixtures/nats/world.ts";

transportContract("nats", async () => {
  const world = await natsWorld();
  return {
    join: (name) => world.join(name),
    until: (isSo) => world.until(isSo),
    quiet: () => world.quiet(),
    close: () => world.close(),
  };
});
