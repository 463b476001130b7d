// expect: dynamic-registration @ line 3
import { type Gen, workflow } from "raftoral";
export const make = (definition: { name: string; version: number; run: (input: { n: number }) => Gen<number> }) => workflow(definition);
