export { sleep as nap, workflow as define } from "raftoral";
