import { type Branch, all, sleep, step, workflow } from "raftoral";

const mail = step("mail", async (to: string) => to);
const sms = step("sms", async (to: string) => to);

export const notifyAll = workflow({
  name: "notify-all",
  run: function* (user: { mail?: string; phone?: string }) {
    const branches: Branch<string>[] = [];
    if (user.mail !== undefined) branches.push(mail(user.mail));
    if (user.phone !== undefined) branches.push(sms(user.phone));
    const sent = yield* all(branches);
    const pause = sent.length === 0 ? sleep("1 day") : sleep("1 hour");
    yield* pause;
    return sent;
  },
});
