import { step, workflow } from "raftoral";

const post = step("post", async (entry: { account: string; cents: number }) => entry.cents);

function balances(entries: readonly { account: string; cents: number }[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { account, cents } of entries) sums.set(account, (sums.get(account) ?? 0) + cents);
  return sums;
}

export const ledger = workflow({
  name: "ledger",
  run: function* (entries: { account: string; cents: number }[]) {
    const posted: Record<string, number> = {};
    for (const [account, cents] of balances(entries)) {
      posted[account] = yield* post({ account, cents });
    }
    delete posted["suspense"];
    return Object.entries(posted).sort(([a], [b]) => (a < b ? -1 : 1));
  },
});
