import { step, workflow } from "raftoral";

const say = step("say", async (text: string) => text);
const euros = new Intl.NumberFormat("de-DE", { style: "currency", currency: "EUR" });
const day = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", dateStyle: "long" });

export const letters = workflow({
  name: "letters",
  run: function* (input: { cents: number; due: string }) {
    const words = [euros.format(input.cents / 100), day.format(new Date(input.due))];
    words.sort((a, b) => a.localeCompare(b, "en"));
    return yield* say(words.join(" "));
  },
});
