// A token server for docker-registry: `node token-server.mjs CONFIG.json`.
import { createHmac, createPrivateKey, randomUUID, sign, X509Certificate } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { createServer } from "node:https";

/**
 * @type {{ port: number, cert: string, key: string, tokenCert: string, tokenKey: string, issuer: string,
 *   service: string, user: string, password: string, log: string }}
 */
const config = JSON.parse(readFileSync(String(process.argv[2]), "utf8"));
const signingKey = createPrivateKey(readFileSync(config.tokenKey));
const chain = [new X509Certificate(readFileSync(config.tokenCert)).raw.toString("base64")];
const seconds = 300;

/** @typedef {{ form: string, user?: string, scopes: string[], service?: string, offline: boolean }} Grant */

const server = createServer({ cert: readFileSync(config.cert), key: readFileSync(config.key) });

server.on("request", async (request, response) => {
  const url = new URL(request.url ?? "/", "https://localhost");
  if (url.pathname === "/health") return response.end("ok");
  const grant =
    request.method === "POST"
      ? postForm(new URLSearchParams(await readBody(request)))
      : getForm(url.searchParams, request.headers.authorization);
  const status = grant.user === undefined ? 401 : 200;
  const line = { time: new Date().toISOString(), method: request.method, status, ...grant };
  appendFileSync(config.log, `${JSON.stringify({ ...line, agent: request.headers["user-agent"] })}\n`);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(grant.user === undefined ? refusal() : answer(grant, grant.user)));
});

server.listen(config.port, "127.0.0.1");

/**
 * The older form: query parameters, and the password by basic authentication.
 * @param {URLSearchParams} query
 * @param {string | undefined} authorization
 * @returns {Grant}
 */
function getForm(query, authorization) {
  const scopes = query.getAll("scope").flatMap((scope) => scope.split(" "));
  const base = {
    scopes,
    service: query.get("service") ?? undefined,
    offline: query.get("offline_token") === "true",
  };
  if (!authorization) return { form: "get-anonymous", ...base };
  const [user, ...rest] = Buffer.from(authorization.replace(/^basic /i, ""), "base64")
    .toString()
    .split(":");
  return { form: "get", user: checked(user, rest.join(":")), ...base };
}

/**
 * The OAuth2 form.
 * @param {URLSearchParams} body
 * @returns {Grant}
 */
function postForm(body) {
  const form = `post-${body.get("grant_type")}`;
  const scopes = (body.get("scope") ?? "").split(" ").filter(Boolean);
  const base = {
    scopes,
    service: body.get("service") ?? undefined,
    offline: body.get("access_type") === "offline",
  };
  if (form === "post-password")
    return { form, user: checked(body.get("username"), body.get("password")), ...base };
  const known = form === "post-refresh_token" && body.get("refresh_token") === refreshToken(config.user);
  return { form, user: known ? config.user : undefined, ...base };
}

/**
 * @param {string | null | undefined} user
 * @param {string | null} password
 */
function checked(user, password) {
  return user === config.user && password === config.password ? config.user : undefined;
}

/**
 * Derived, not stored, so that it stays good when the server is started anew.
 * @param {string} user
 */
function refreshToken(user) {
  return createHmac("sha256", config.password).update(user).digest("base64url");
}

/**
 * @param {Grant} grant
 * @param {string} user
 */
function answer(grant, user) {
  const now = Math.floor(Date.now() / 1000);
  const access = grant.scopes.map((scope) => {
    // The name may hold a port, so only the first and the last colon separate.
    const [type, ...rest] = scope.split(":");
    const actions = (rest.pop() ?? "").split(",");
    return { type, name: rest.join(":"), actions };
  });
  const times = { exp: now + seconds, nbf: now - 10, iat: now };
  const token = jwt({
    iss: config.issuer,
    sub: user,
    aud: config.service,
    ...times,
    jti: randomUUID(),
    access,
  });
  return {
    token,
    access_token: token,
    expires_in: seconds,
    issued_at: new Date(now * 1000).toISOString(),
    ...(grant.offline ? { refresh_token: refreshToken(user) } : {}),
  };
}

function refusal() {
  return { errors: [{ code: "UNAUTHORIZED", message: "incorrect username or password" }] };
}

/** @param {object} claims */
function jwt(claims) {
  const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ typ: "JWT", alg: "ES256", x5c: chain })}.${part(claims)}`;
  // JWS wants the two numbers of the signature side by side, not in DER.
  const signature = sign("sha256", Buffer.from(signed), { key: signingKey, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

/** @param {import("node:http").IncomingMessage} request */
async function readBody(request) {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  return body;
}
