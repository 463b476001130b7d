import { compute, workflow } from "raftoral";

class Session {
  readonly cookies = new Map<string, string>();
  constructor(readonly user: string) {}
  header(): string {
    return [...this.cookies.values()].join(";");
  }
}

export const login = workflow({
  name: "login",
  run: function* (user: string) {
    const session = yield* compute("login", () => new Session(user));
    return session.user;
  },
});
