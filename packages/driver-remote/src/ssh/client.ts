import type { Socket } from "node:net";
import { connectSocket, TsbxError } from "@tsbx/core/driver";
import ssh2, { type Client, type ServerHostKeyAlgorithm } from "ssh2";
import { readKnownHosts, refuseHostKey } from "./host-key.ts";
import { type Credentials, encryptedKey, loadCredentials } from "./identities.ts";
import { type KnownHost, knownKeyTypes } from "./known-hosts.ts";
import type { SshSettings } from "./settings.ts";

export interface SshConnection {
  client: Client;
  /** Says goodbye and closes. */
  close(): void;
}

const KEEPALIVE = { keepaliveInterval: 15_000, keepaliveCountMax: 3 };

/** By preference. SHA-1 signatures are left out, as in OpenSSH. */
const HOST_KEY_ALGORITHMS: readonly { algorithm: ServerHostKeyAlgorithm; keyType: string }[] = [
  { algorithm: "ssh-ed25519", keyType: "ssh-ed25519" },
  { algorithm: "ecdsa-sha2-nistp256", keyType: "ecdsa-sha2-nistp256" },
  { algorithm: "ecdsa-sha2-nistp384", keyType: "ecdsa-sha2-nistp384" },
  { algorithm: "ecdsa-sha2-nistp521", keyType: "ecdsa-sha2-nistp521" },
  { algorithm: "rsa-sha2-512", keyType: "ssh-rsa" },
  { algorithm: "rsa-sha2-256", keyType: "ssh-rsa" },
];

/**
 * Connects, checks the host's key and logs in.
 * @throws TsbxError `SSH_*` or `DAEMON_UNREACHABLE`; the signal's reason when it aborts
 */
export async function connectSsh(settings: SshSettings, signal: AbortSignal): Promise<SshConnection> {
  const credentials = await loadCredentials(settings);
  const knownHosts = await readKnownHosts(settings.knownHostsFiles);
  const socket = await connectSocket(settings, `sshd at ${settings.host}:${settings.port}`, signal);
  const client = new ssh2.Client();
  const close = () => {
    client.end();
    socket.destroySoon();
  };
  try {
    await login(client, socket, settings, credentials, knownHosts, signal);
    return { client, close };
  } catch (error) {
    close();
    throw error;
  }
}

function login(
  client: Client,
  socket: Socket,
  settings: SshSettings,
  credentials: Credentials,
  knownHosts: readonly KnownHost[],
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let refusal: TsbxError | undefined;
    const settle = (act: () => void) => {
      signal.removeEventListener("abort", onAbort);
      act();
    };
    const onAbort = () => settle(() => reject(signal.reason));
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) return onAbort();
    client.on("ready", () => settle(resolve));
    // Stays, as do the next: later errors reach the streams by their own listeners.
    client.on("error", (error) => {
      // The agent is one of several ways to log in.
      if (error.level !== "agent") settle(() => reject(refusal ?? explain(error, settings, credentials)));
    });
    client.on("close", () =>
      settle(() => reject(explain(new Error("the connection was closed"), settings, credentials))),
    );
    client.connect({
      sock: socket,
      // The bound is the dial's own.
      readyTimeout: 0,
      ...KEEPALIVE,
      username: settings.user,
      algorithms: { serverHostKey: hostKeyAlgorithms(knownHosts, settings) },
      hostVerifier: (key: Buffer) => {
        refusal = refuseHostKey(knownHosts, settings, key);
        return refusal === undefined;
      },
      authHandler: credentials.methods,
    });
  });
}

/** Those of the keys that are known come first: a host that has several must present one of them. */
function hostKeyAlgorithms(knownHosts: readonly KnownHost[], { host, port }: SshSettings) {
  const known = new Set(knownKeyTypes(knownHosts, host, port));
  const isKnown = ({ keyType }: { keyType: string }) => known.has(keyType);
  const sorted = [
    ...HOST_KEY_ALGORITHMS.filter(isKnown),
    ...HOST_KEY_ALGORITHMS.filter((each) => !isKnown(each)),
  ];
  return sorted.map(({ algorithm }) => algorithm);
}

function explain(
  error: Error & { level?: string },
  settings: SshSettings,
  credentials: Credentials,
): TsbxError {
  const { host, port, user } = settings;
  if (error.level !== "client-authentication") {
    return new TsbxError(
      "DAEMON_UNREACHABLE",
      `the ssh connection to ${host}:${port} failed: ${error.message}`,
      {
        hint: `Compare with: ssh -v -p ${port} ${user}@${host}`,
        cause: error,
      },
    );
  }
  const [encrypted] = credentials.encrypted;
  if (encrypted !== undefined) return encryptedKey(encrypted);
  return new TsbxError(
    "SSH_AUTH_FAILED",
    `${host} does not let ${user} in with ${credentials.names.join(", ")}`,
    {
      hint: "Add the public key to authorized_keys there, ssh-add the right key, or give driver option identity.",
      cause: error,
    },
  );
}
