import { step, workflow } from "raftoral";

class Directory {
  constructor(private readonly base: string) {}
  async find(user: string): Promise<string> {
    const response = await fetch(`${this.base}/${user}`);
    return response.text();
  }
}

const directory = new Directory("https://directory.test");
const notify = step("notify", async (address: string) => address.length);

export const onboarding = workflow({
  name: "onboarding",
  run: function* (user: string) {
    let address = "";
    directory.find(user).then((found) => {
      address = found;
    });
    return yield* notify(address);
  },
});
