import type { Agent, OutgoingHttpHeaders } from "node:http";
import type { DriverContext } from "@tsbx/core/driver";
import { runPlugin } from "./exec-plugin.ts";
import { fieldContent, fileContent } from "./files.ts";
import { isFields, type Named, stringField } from "./kubeconfig.ts";
import { hasOidc, idToken } from "./oidc.ts";
import { pluginCluster } from "./plugin-cluster.ts";
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
  credentials.tls.cert = await fieldContent(user, "client-certificate");
  credentials.tls.key = await fieldContent(user, "client-key");
  await authorize(credentials, target, env, signal);
  const provided = isFields(user.fields["auth-provider"]) && !hasOidc(user);
  if (!provided && !stringField(cluster.fields, "proxy-url")) return credentials;
  // Loaded only here: it costs more time than the rest of a small build.
  const { completeCredentials } = await import("./library.ts");
  return completeCredentials(target, credentials);
}

/** Adds the user's token or password; a plugin may give a certificate instead. */
async function authorize(
  credentials: Credentials,
  { cluster, user }: Target,
  env: DriverContext["env"],
  signal: AbortSignal,
): Promise<void> {
  const { headers, tls } = credentials;
  const { fields } = user;
  const tokenFile = await fileContent(user, "tokenFile");
  const password = stringField(fields, "password");
  if (isFields(fields.exec)) {
    const plugin = await runPlugin(user, pluginCluster(cluster, tls.ca), env, signal);
    credentials.expires = plugin.expires;
    if (plugin.token) headers.authorization = `Bearer ${plugin.token}`;
    if (plugin.certificate) Object.assign(tls, { cert: plugin.certificate, key: plugin.key });
  } else if (hasOidc(user)) {
    const { token, expires } = await idToken(user, signal);
    credentials.expires = expires;
    headers.authorization = `Bearer ${token}`;
  } else if (tokenFile) {
    credentials.expires = Date.now() + FILE_MS;
    headers.authorization = `Bearer ${tokenFile.toString("utf8").trim()}`;
  } else if (stringField(fields, "token")) {
    headers.authorization = `Bearer ${stringField(fields, "token")}`;
  } else if (password) {
    const pair = `${stringField(fields, "username") ?? ""}:${password}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
  }
}

async function clusterTls(cluster: Named): Promise<Tls> {
  const servername = stringField(cluster.fields, "tls-server-name");
  return {
    ca: await fieldContent(cluster, "certificate-authority"),
    ...(servername === undefined ? {} : { servername }),
    ...(cluster.fields["insecure-skip-tls-verify"] === true && { rejectUnauthorized: false }),
  };
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
