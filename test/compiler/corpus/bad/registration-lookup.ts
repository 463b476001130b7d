// expect: dynamic-registration @ line 4
import { type Gen, workflow } from "raftoral";
declare const bodies: Record<string, (input: { n: number }) => Gen<number>>;
export const wf = workflow({ name: "registration-lookup", version: 1, run: bodies["a"]! });
