import { inspect } from "node:util";
import { type Callback, type Test, suite as uvuSuite } from "uvu";
import { report } from "./events.ts";

interface Announced {
  readonly name: string;
  readonly limitMs?: number;
}

/**
 * uvu's `suite`, whose tests are announced before they start and after they end.
 * `child.ts` puts it in the place of `uvu`; a test file imports `uvu` and runs without it too.
 * A suite that needs longer says so in its context: `suite("raft: swarm", { limitMs: 300_000 })`.
 */
export function suite<T extends object>(title = "", context?: T): Test<T> {
  const inner = uvuSuite(title, context);
  const limit = limitOf(context);
  const watched = (name: string, test: Callback<T>): Callback<T> => {
    return (state) => announce({ name: `${title} > ${name}`, ...limit }, () => test(state));
  };
  const own = (name: string, test: Callback<T>): void => inner(name, watched(name, test));
  return Object.assign(own, {
    only: (name: string, test: Callback<T>): void => inner.only(name, watched(name, test)),
    skip: inner.skip,
    before: hooks(inner.before),
    after: hooks(inner.after),
    run: inner.run,
  });
}

/** uvu hides what a hook throws. */
function hooks<T>(inner: Test<T>["before"]): Test<T>["before"] {
  const shown = (hook: Callback<T>): Callback<T> => {
    return async (state) => {
      try {
        await hook(state);
      } catch (thrown) {
        process.stdout.write(`\n  A hook threw: ${inspect(thrown)}\n`);
        throw thrown;
      }
    };
  };
  return Object.assign((hook: Callback<T>) => inner(shown(hook)), {
    each: (hook: Callback<T>) => inner.each(shown(hook)),
  });
}

function limitOf(context: { limitMs?: unknown } | undefined): { limitMs?: number } {
  return typeof context?.limitMs === "number" ? { limitMs: context.limitMs } : {};
}

async function announce(test: Announced, body: () => Promise<void> | void): Promise<void> {
  report({ kind: "test", ...test });
  let isPassed = false;
  try {
    await body();
    isPassed = true;
  } catch (thrown) {
    // uvu cannot print what is no Error, and would pass over the test in silence.
    throw thrown instanceof Error ? thrown : new Error(`threw no Error: ${String(thrown)}`);
  } finally {
    report({ kind: "ended", name: test.name, isPassed });
  }
}
