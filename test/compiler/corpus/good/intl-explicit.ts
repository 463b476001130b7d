// expect: none
import { workflow } from "raftoral";
export const wf = workflow({ name: "intl-explicit", version: 1, run: function* (input: { n: number }) {
  const money = new Intl.NumberFormat("en-US", { style: "currency", currency: "EUR" });
  const day = new Intl.DateTimeFormat("en-US", { timeZone: "UTC", dateStyle: "short" });
  return money.format(input.n) + day.format(new Date(input.n));
} });
