// expect: dynamic-registration @ line 4
import { workflow } from "raftoral";
declare const loaded: any;
export const wf = workflow(loaded);
