import { step, workflow } from "raftoral";

const stamp = (): string => new Date().toLocaleString();
async function audit(what: string): Promise<string> {
  const line = `${stamp()} ${process.env["USER"]} ${what}`;
  console.log(line);
  return line;
}
const record = step("audit", audit);

export const audited = workflow({
  name: "audited",
  run: function* (what: string) {
    return (yield* record(what)).length;
  },
});
