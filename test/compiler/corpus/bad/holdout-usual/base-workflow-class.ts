import { step, workflow } from "raftoral";

abstract class Job {
  protected abstract label(): string;
  *run(input: { n: number }) {
    return yield* done(`${this.label()} ${input.n}`);
  }
}

const done = step("done", async (label: string) => label);

class Nightly extends Job {
  protected label(): string {
    return `${process.pid}`;
  }
}

const job = new Nightly();
export const nightlyJob = workflow({
  name: "nightly-job",
  run: (input: { n: number }) => job.run(input),
});
