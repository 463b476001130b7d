import { checkpoint, workflow } from "raftoral";

class Stamped {
  constructor(readonly id: string) {}
  toJSON(): object {
    return { id: this.id, at: Date.now() };
  }
}

export const stamped = workflow({
  name: "stamped",
  run: function* (id: string) {
    const text = JSON.stringify(new Stamped(id));
    yield* checkpoint("text", text);
    return text;
  },
});
