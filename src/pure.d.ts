// The few names of the platform that pure rooms may know as types.
// Only tsconfig.pure.json sees this file.

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
}
