import { Agent, type OutgoingHttpHeaders } from "node:http";
import type { RequestOptions } from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import { TsbxError } from "@tsbx/core/driver";
import type { Credentials } from "./credentials.ts";
import { isFields, stringField } from "./kubeconfig.ts";
import { hasOidc } from "./oidc.ts";
import type { Target } from "./target.ts";

/** After this the library is asked again, which knows when its tokens end. */
const TOKEN_MS = 60_000;

/**
 * Adds what the Kubernetes client library knows: the proxy of a cluster's `proxy-url`, and the tokens of an
 * `auth-provider` that is a command of a cloud's (`gcp`, `azure`).
 * @throws TsbxError `KUBERNETES_AUTH_PROVIDER`
 */
export async function completeCredentials(
  { cluster, user }: Target,
  credentials: Credentials,
): Promise<Credentials> {
  const server = stringField(cluster.fields, "server")!;
  const proxyUrl = stringField(cluster.fields, "proxy-url");
  const provider = hasOidc(user) ? undefined : user.fields["auth-provider"];
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [
      {
        name: "cluster",
        server,
        // It refuses plain HTTP without this.
        skipTLSVerify: credentials.tls.rejectUnauthorized === false || server.startsWith("http:"),
        caData: base64(credentials.tls.ca),
        tlsServerName: credentials.tls.servername,
        proxyUrl,
      },
    ],
    users: [
      {
        name: "user",
        certData: base64(credentials.tls.cert),
        keyData: base64(credentials.tls.key),
        ...(isFields(provider) && { authProvider: provider }),
      },
    ],
    contexts: [{ name: "context", cluster: "cluster", user: "user" }],
    currentContext: "context",
  });
  const headers: OutgoingHttpHeaders = { ...credentials.headers };
  const options: RequestOptions = { headers };
  await config.applyToHTTPSOptions(options).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TsbxError(
      "KUBERNETES_AUTH_PROVIDER",
      `the auth-provider of user ${user.name} failed: ${reason}`,
      { hint: "Log in anew with what has written the kubeconfig.", cause },
    );
  });
  return {
    ...credentials,
    headers,
    ...(isFields(provider) && { expires: Date.now() + TOKEN_MS }),
    ...(proxyUrl !== undefined && options.agent instanceof Agent && { agent: options.agent }),
  };
}

function base64(value: string | Buffer | undefined): string | undefined {
  return value === undefined ? undefined : Buffer.from(value).toString("base64");
}
