export { stamp } from "./stamp.js";
export { randomUUID as freshId } from "node:crypto";
