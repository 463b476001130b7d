import { step, workflow } from "raftoral";

const save = step("save", async (n: number) => n);
class Logger {
  constructor(private readonly out: { write(text: string): unknown } = process.stderr) {}
  line(text: string): void {
    this.out.write(text);
  }
}
const logger = new Logger();

export const logged = workflow({
  name: "logged",
  run: function* (n: number) {
    logger.line(`n is ${n}`);
    return yield* save(n);
  },
});
