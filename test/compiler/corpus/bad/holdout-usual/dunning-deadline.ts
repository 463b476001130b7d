import { compute, sleep, workflow } from "raftoral";

interface Invoice { readonly id: string; readonly dueAt: string; readonly cents: number }

function isOverdue(invoice: Invoice, at = Date.now()): boolean {
  return at > Date.parse(invoice.dueAt);
}

export const dunning = workflow({
  name: "dunning",
  run: function* (invoice: Invoice) {
    for (let reminder = 1; reminder <= 3; reminder += 1) {
      if (isOverdue(invoice)) {
        yield* compute(`remind-${reminder}`, () => fetch(`https://mail.test/${invoice.id}`));
      }
      yield* sleep("7 days");
    }
    return "collections";
  },
});
