// How to reach NATS: where and as whom is the user's to say, what keeps a cluster together is ours.

import {
  type Authenticator,
  type ConnectionOptions,
  credsAuthenticator,
  nkeyAuthenticator,
  type TlsOptions,
} from "nats";
import { utf8 } from "../std/bytes.ts";

/** Where the server is, and how this process shows who it is; at most one way of the latter. */
export interface NatsOptions {
  /** One address or several of one NATS cluster. Default "nats://127.0.0.1:4222". */
  readonly servers?: string | readonly string[];
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** The seed of an nkey, "SU…": the server knows only its public half. */
  readonly nkeySeed?: string;
  /** What a .creds file holds: JWT and seed. */
  readonly credentials?: string;
  /** An authenticator of the `nats` package, for what is not listed here. */
  readonly authenticator?: Authenticator;
  readonly tls?: TlsOptions;
}

export const DEFAULT_SERVER = "nats://127.0.0.1:4222";

export function serversOf({ servers = DEFAULT_SERVER }: NatsOptions): string[] {
  return typeof servers === "string" ? [servers] : [...servers];
}

/** Not the client's defaults: those give up after twenty seconds without a server (DESIGN §7). */
export function connectionOptions(options: NatsOptions, name: string): ConnectionOptions {
  const { user, password, token, tls } = options;
  const authenticator = authenticatorOf(options);
  return {
    servers: serversOf(options),
    name,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
    ...(token === undefined ? {} : { token }),
    ...(tls === undefined ? {} : { tls }),
    ...(authenticator === undefined ? {} : { authenticator }),
    inboxPrefix: `_INBOX.${name}`,
    noEcho: true,
    noAsyncTraces: true,
    timeout: CONNECT_ATTEMPT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    reconnectJitterTLS: 250,
    // Permissions may be taken and given back while the node runs.
    ignoreAuthErrorAbort: true,
    pingInterval: 5_000,
    maxPingOut: 2,
  };
}

/** One try to connect. */
const CONNECT_ATTEMPT_MS = 2_000;

function authenticatorOf(options: NatsOptions): Authenticator | undefined {
  if (options.authenticator !== undefined) return options.authenticator;
  if (options.nkeySeed !== undefined) return nkeyAuthenticator(utf8(options.nkeySeed.trim()));
  if (options.credentials !== undefined) return credsAuthenticator(utf8(options.credentials));
  return;
}
