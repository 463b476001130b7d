export { stamp } from "./stamp.js";
export { twice } from "./twice.js";
