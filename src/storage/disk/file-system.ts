// Files as the log needs them: bytes at places, and what is safe when.
//
// 1. What was written is safe from a loss of power once `sync` of its file is done; a new, renamed
//    or removed name once `syncDirectory` is.
// 2. Until then any of it may be there or not, in sectors, in any order.
// 3. After a failed `sync` nothing is known of what was written since the last one that succeeded;
//    trying again proves nothing (fsyncgate).
// 4. A call that is refused as `no-space` may be repeated: of a write any part may have been done,
//    of anything else nothing. A sync is never refused so: for it a full disk is a failure.

export interface FileSystem {
  /** For reading and writing; empty where there was none. */
  open(path: string): Promise<File>;
  /** Names, sorted; none where there is no such directory. */
  list(directory: string): Promise<readonly string[]>;
  makeDirectory(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
  /** Bytes that can still be written there, as far as the system knows. */
  free(directory: string): Promise<number>;
  /** Bytes of the files in it; 0 where there is no such directory. */
  used(directory: string): Promise<number>;
}

export interface File {
  size(): Promise<number>;
  /** Fewer bytes where the file ends. */
  read(at: number, length: number): Promise<Uint8Array>;
  /** All of it, or it rejects. */
  write(at: number, bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  /** `write`, and what was written is safe: in one call, where the system has one. */
  writeSafely(at: number, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** What was asked of the file system, and of which file or directory. */
export interface FileCall {
  readonly call: string;
  readonly path: string;
}

/** Why a call of the file system rejects. */
export class FileError extends Error {
  override readonly name = "FileError";
  readonly reason: "no-space" | "failed";
  readonly call: string;
  readonly path: string;

  constructor(reason: "no-space" | "failed", { call, path }: FileCall, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${call} ${path}: ${why}`, { cause });
    this.reason = reason;
    this.call = call;
    this.path = path;
  }
}

export const isNoSpace = (error: unknown): error is FileError =>
  error instanceof FileError && error.reason === "no-space";
