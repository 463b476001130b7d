import { findNatsServer } from "./find.ts";

// Prints which nats-server tests and demo will use; on Debian as root it is installed if need be.

console.log(findNatsServer());
