import { step } from "raftoral";
export const charge = step("charge", async (n: number) => (await fetch("https://a.test")).status + n + Date.now());
