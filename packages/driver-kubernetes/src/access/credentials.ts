import { readFile } from "node:fs/promises";
import type { Agent, OutgoingHttpHeaders } from "node:http";
import { resolve } from "node:path";
import type { DriverContext } from "@tsbx/core/driver";
import { runPlugin } from "./exec-plugin.ts";
import { isFields, type Named, stringField } from "./kubeconfig.ts";
import type { Target } from "./target.ts";

/** What every request to the API server is made with. */
export interface Credentials {
  headers: OutgoingHttpHeaders;
  tls: Tls;
  /** A proxy on the way. */
  agent?: Agent;
  /** Milliseconds since 1970. */
  expires?: number;
}

export interface Tls {
  /** All PEM. */
  ca?: Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
  rejectUnauthorized?: boolean;
}

/** How long before their end credentials are got anew. */
const MARGIN_MS = 10_000;
/** What says nothing of its end, such as a token in a file that is exchanged now and then. */
const FILE_MS = 60_000;

export function isCurrent({ expires }: Credentials): boolean {
  return expires === undefined || Date.now() < expires - MARGIN_MS;
}

/** Reads or asks for what the target's user identifies with. */
export async function credentialsOf(
  target: Target,
  env: DriverContext["env"],
  signal: AbortSignal,
): Promise<Credentials> {
  const { cluster, user } = target;
  const credentials: Credentials = { headers: impersonation(user), tls: await clusterTls(cluster) };
  const { fields } = user;
  credentials.tls.cert = await content(user, "client-certificate");
  credentials.tls.key = await content(user, "client-key");
  const tokenFile = stringField(fields, "tokenFile");
  const password = stringField(fields, "password");
  if (isFields(fields.exec)) {
    const { token, certificate, key, expires } = await runPlugin(user, cluster, env, signal);
    credentials.expires = expires;
    if (token) credentials.headers.authorization = `Bearer ${token}`;
    if (certificate) Object.assign(credentials.tls, { cert: certificate, key });
  } else if (tokenFile) {
    const token = await readFile(resolve(user.directory, tokenFile), "utf8");
    credentials.headers.authorization = `Bearer ${token.trim()}`;
    credentials.expires = Date.now() + FILE_MS;
  } else if (stringField(fields, "token")) {
    credentials.headers.authorization = `Bearer ${stringField(fields, "token")}`;
  } else if (password) {
    const pair = `${stringField(fields, "username") ?? ""}:${password}`;
    credentials.headers.authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  if (!isFields(fields["auth-provider"]) && !stringField(cluster.fields, "proxy-url")) return credentials;
  // Loaded only here: it costs more time than the rest of a small build.
  const { completeCredentials } = await import("./library.ts");
  return completeCredentials(target, credentials);
}

async function clusterTls(cluster: Named): Promise<Tls> {
  const servername = stringField(cluster.fields, "tls-server-name");
  return {
    ca: await content(cluster, "certificate-authority"),
    ...(servername === undefined ? {} : { servername }),
    ...(cluster.fields["insecure-skip-tls-verify"] === true && { rejectUnauthorized: false }),
  };
}

/** What a field holds in base64 itself (`...-data`) or names the file of. */
async function content({ fields, directory }: Named, name: string): Promise<Buffer | undefined> {
  const data = stringField(fields, `${name}-data`);
  if (data !== undefined) return Buffer.from(data, "base64");
  const file = stringField(fields, name);
  return file === undefined ? undefined : readFile(resolve(directory, file));
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
function impersonation({ fields }: Named): OutgoingHttpHeaders {
  const as = stringField(fields, "as");
  if (as === undefined) return {};
  const uid = stringField(fields, "as-uid");
  const groups = fields["as-groups"];
  return {
    "impersonate-user": as,
    ...(uid === undefined ? {} : { "impersonate-uid": uid }),
    ...(Array.isArray(groups) && groups.length > 0 && { "impersonate-group": groups.map(String) }),
  };
}
