import { isTsbxError, TsbxError, withDeadline } from "@tsbx/core/driver";
import { HttpConnection, type HttpRequest } from "../api/http.ts";
import { fieldContent } from "./files.ts";
import { type Fields, isFields, type Named, stringField } from "./kubeconfig.ts";

export interface IdToken {
  token: string;
  /** Milliseconds since 1970, as far as the token tells. */
  expires?: number;
}

/** The bound over asking the issuer for a new token. */
const REFRESH_MS = 10_000;
/** How long before its end a token is exchanged. */
const MARGIN_MS = 10_000;

/** Tokens that are newer than the kubeconfig's. Some issuers take each refresh token only once. */
const refreshed = new WeakMap<Fields, Fields>();

export function hasOidc({ fields }: Named): boolean {
  return isFields(fields["auth-provider"]) && fields["auth-provider"].name === "oidc";
}

/**
 * The token of a user whose kubeconfig has the auth-provider `oidc`; refreshed at its issuer when it is over. The
 * kubeconfig is left as it is.
 * @throws TsbxError `KUBERNETES_AUTH_PROVIDER`
 */
export async function idToken(user: Named, signal: AbortSignal): Promise<IdToken> {
  const provider = user.fields["auth-provider"];
  const given: Fields = isFields(provider) && isFields(provider.config) ? provider.config : {};
  const config = { ...given, ...refreshed.get(given) };
  const token = stringField(config, "id-token");
  const expires = token === undefined ? 0 : endOf(token);
  if (token !== undefined && (expires === undefined || expires - MARGIN_MS > Date.now())) {
    return { token, expires };
  }
  const silent = () => failed(user, `its issuer does not answer within ${REFRESH_MS / 1000} s`);
  const fresh = await withDeadline(REFRESH_MS, signal, silent, async (either) => {
    try {
      return await refresh({ ...user, fields: config }, either);
    } catch (error) {
      either.throwIfAborted();
      throw isTsbxError(error) ? error : failed(user, error instanceof Error ? error.message : String(error));
    }
  });
  refreshed.set(given, fresh);
  const newToken = stringField(fresh, "id-token")!;
  return { token: newToken, expires: endOf(newToken) };
}

/** @returns the fields of the provider's configuration that are others now */
async function refresh(user: Named, signal: AbortSignal): Promise<Fields> {
  const { fields } = user;
  const issuer = stringField(fields, "idp-issuer-url")?.replace(/\/+$/, "");
  const client = stringField(fields, "client-id");
  const token = stringField(fields, "refresh-token");
  if (!issuer || !client || !token) {
    throw failed(
      user,
      "its token is over, and without idp-issuer-url, client-id and refresh-token it gets none",
    );
  }
  const ca = await fieldContent(user, "idp-certificate-authority");
  const ask = async (url: string, request: Omit<HttpRequest, "path">): Promise<Fields> => {
    const { origin, pathname, search } = new URL(url);
    const path = `${pathname}${search}`;
    const { status, body } = await new HttpConnection(origin, { tls: { ca } }).send(
      { ...request, path },
      signal,
    );
    const answer = status === 200 ? JSON.parse(body) : undefined;
    if (isFields(answer)) return answer;
    throw failed(user, `${url} answered with status ${status}: ${body.trim().slice(0, 500)}`);
  };
  const about = await ask(`${issuer}/.well-known/openid-configuration`, { method: "GET", headers: {} });
  const endpoint = stringField(about, "token_endpoint");
  if (endpoint === undefined) throw failed(user, `${issuer} names no token_endpoint`);
  const grant = new URLSearchParams({ grant_type: "refresh_token", refresh_token: token });
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  const secret = stringField(fields, "client-secret");
  if (secret === undefined) grant.set("client_id", client);
  // https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
  else
    headers.authorization = `Basic ${Buffer.from([client, secret].map(encodeURIComponent).join(":")).toString("base64")}`;
  const answer = await ask(endpoint, { method: "POST", headers, body: grant.toString() });
  const idToken = stringField(answer, "id_token");
  if (idToken === undefined) throw failed(user, `${endpoint} gave no id_token`);
  return { "id-token": idToken, "refresh-token": stringField(answer, "refresh_token") ?? token };
}

/** When a JWT ends; undefined when it does not say. */
function endOf(token: string): number | undefined {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    return typeof exp === "number" ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

function failed({ name }: Named, problem: string): TsbxError {
  return new TsbxError(
    "KUBERNETES_AUTH_PROVIDER",
    `the auth-provider oidc of user ${name} failed: ${problem}`,
    {
      hint: "Log in anew with what has written the kubeconfig.",
    },
  );
}
