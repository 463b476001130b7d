import { step, workflow } from "raftoral";

const settings = {
  defaults: { retries: 3 },
  get region(): string {
    return process.env["AWS_REGION"] ?? "eu-central-1";
  },
};
const deploy = step("deploy", async (region: string) => region);

export const rollout = workflow({
  name: "rollout",
  run: function* () {
    const { region } = settings;
    return yield* deploy(region);
  },
});
