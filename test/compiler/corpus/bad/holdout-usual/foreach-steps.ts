import { step, workflow } from "raftoral";

const archive = step("archive", async (file: string) => file);

export const nightly = workflow({
  name: "nightly",
  run: function* (files: readonly string[]) {
    files.filter((file) => file.endsWith(".log")).forEach((file) => {
      archive(file);
    });
    return files.length;
  },
});
