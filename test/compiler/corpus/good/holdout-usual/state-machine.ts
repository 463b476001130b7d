import { receive, signal, variable, workflow } from "raftoral";

type State = "draft" | "review" | "published" | "rejected";
type Event = "submit" | "approve" | "reject";
const events = signal<Event>("events");

const TRANSITIONS: Readonly<Record<State, Partial<Record<Event, State>>>> = {
  draft: { submit: "review" },
  review: { approve: "published", reject: "rejected" },
  published: {},
  rejected: { submit: "review" },
};

export const article = workflow({
  name: "article",
  run: function* (input: { id: string }) {
    const state = yield* variable<State>("state", "draft");
    while (state.value !== "published") {
      const event = yield* receive(events);
      const next = TRANSITIONS[state.value][event];
      if (next !== undefined) yield* state.set(next);
    }
    return input.id;
  },
});
