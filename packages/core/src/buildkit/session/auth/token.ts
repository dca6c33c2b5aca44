import { Readable } from "node:stream";
import type { FetchTokenRequest, FetchTokenResponse } from "../../../gen/auth.ts";
import { Code, GrpcError } from "../../transport/status.ts";
import { boundedText } from "./bounded-text.ts";
import type { Credential } from "./provider.ts";

const DEFAULT_LIFETIME_S = 60;
const DEFAULT_CLIENT = "buildkit-client";

interface TokenAnswer {
  token?: string;
  access_token?: string;
  expires_in?: number;
  issued_at?: string;
}

/**
 * Gets a registry token from its token server, for a credential or anonymously: the OAuth2 form first, the
 * older GET with basic authentication where the server does not know that.
 */
export async function fetchToken(
  request: FetchTokenRequest,
  credential: Credential | undefined,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<FetchTokenResponse> {
  const ask = (url: string | URL, init: RequestInit) =>
    fetch(url, { ...init, signal }).catch((cause: Error) => {
      throw new GrpcError(
        Code.UNAVAILABLE,
        `cannot reach the token server ${request.realm} of ${request.host}: ${reasonOf(cause)}`,
        { cause },
      );
    });
  if (credential && "registryToken" in credential) {
    return { token: credential.registryToken, expiresIn: BigInt(DEFAULT_LIFETIME_S), issuedAt: 0n };
  }
  let response = credential && (await ask(request.realm, oauthForm(request, credential)));
  if (!response || [401, 404, 405].includes(response.status)) {
    await response?.body?.cancel();
    response = await ask(tokenUrl(request), { headers: basic(credential) });
  }
  if (!response.ok) {
    throw new GrpcError(
      response.status === 401 ? Code.UNAUTHENTICATED : Code.UNKNOWN,
      `failed to fetch a token for ${request.host} from ${request.realm}: HTTP status ${response.status}`,
    );
  }
  const answer = await answerOf(response, request.realm);
  const token = answer.access_token ?? answer.token;
  if (!token) throw new GrpcError(Code.UNKNOWN, `the token server ${request.realm} gave no token`);
  return {
    token,
    expiresIn: BigInt(Math.floor(Number(answer.expires_in) || DEFAULT_LIFETIME_S)),
    issuedAt: BigInt(Math.floor((Date.parse(answer.issued_at ?? "") || 0) / 1000)),
  };
}

async function answerOf(response: Response, realm: string): Promise<TokenAnswer> {
  const text = await boundedText(response.body ?? Readable.from([])).catch((cause: Error) => {
    throw new GrpcError(Code.UNKNOWN, `cannot read from the token server ${realm}: ${cause.message}`, {
      cause,
    });
  });
  try {
    return JSON.parse(text) ?? {};
  } catch {
    // JSON.parse's own error quotes the text, which may hold a token.
    throw new GrpcError(Code.UNKNOWN, `the answer of the token server ${realm} is not valid JSON`);
  }
}

function oauthForm(
  request: FetchTokenRequest,
  credential: Exclude<Credential, { registryToken: string }>,
): RequestInit {
  const form = new URLSearchParams({
    service: request.service,
    client_id: request.clientId || DEFAULT_CLIENT,
    scope: request.scopes.join(" "),
  });
  if ("identityToken" in credential) {
    form.set("grant_type", "refresh_token");
    form.set("refresh_token", credential.identityToken);
  } else {
    form.set("grant_type", "password");
    form.set("username", credential.username);
    form.set("password", credential.password);
  }
  return { method: "POST", body: form };
}

function tokenUrl(request: FetchTokenRequest): URL {
  const url = new URL(request.realm);
  url.searchParams.set("service", request.service);
  for (const scope of request.scopes) url.searchParams.append("scope", scope);
  return url;
}

function basic(credential: Credential | undefined): Record<string, string> {
  if (!credential || !("username" in credential)) return {};
  const pair = Buffer.from(`${credential.username}:${credential.password}`).toString("base64");
  return { authorization: `Basic ${pair}` };
}

/** `fetch` says no more than that it failed; why is in the cause. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
