/** Of this package: as in package.json, which a test compares. */
export const ENGINE_VERSION = "0.1.0";
