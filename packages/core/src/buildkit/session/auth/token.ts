import { Readable } from "node:stream";
import type { FetchTokenRequest, FetchTokenResponse } from "../../../gen/auth.ts";
import { Code, GrpcError } from "../../transport/status.ts";
import { boundedText } from "./bounded-text.ts";
import type { Credential } from "./provider.ts";

const DEFAULT_LIFETIME_S = 60;
const DEFAULT_CLIENT = "buildkit-client";

interface TokenAnswer {
  token?: unknown;
  access_token?: unknown;
  expires_in?: unknown;
  issued_at?: unknown;
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
  if (!URL.canParse(request.realm)) {
    throw new GrpcError(
      Code.INVALID_ARGUMENT,
      `${request.host} names a token server that is no URL: ${request.realm}`,
    );
  }
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
  const { issued_at: issued } = answer;
  const token = answer.access_token ?? answer.token;
  if (typeof token !== "string" || token === "")
    throw new GrpcError(Code.UNKNOWN, `the token server ${request.realm} gave no token`);
  return {
    token,
    expiresIn: wholeSeconds(answer.expires_in) || BigInt(DEFAULT_LIFETIME_S),
    issuedAt: typeof issued === "string" ? wholeSeconds(Date.parse(issued) / 1000) : 0n,
  };
}

/** 0 for what is no time that a server can mean. */
function wholeSeconds(seconds: unknown): bigint {
  const whole = typeof seconds === "number" ? Math.floor(seconds) : 0;
  return Number.isSafeInteger(whole) ? BigInt(whole) : 0n;
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
