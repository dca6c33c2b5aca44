import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { BlockBlobs, refuse } from "./block-blobs.mjs";
import { CacheEntries } from "./github-cache-entries.mjs";
import { firstVersion } from "./github-cache-v1.mjs";
import { secondVersion } from "./github-cache-v2.mjs";
import { listen } from "./listen.mjs";
import { readBody } from "./read-body.mjs";

/** @typedef {import("./github-cache-v1.mjs").Answer} Answer */

const twirp = "/twirp/github.actions.results.api.v1.CacheService/";
const seconds = 3600;

/** Starts the cache service of GitHub's workflows, in both its versions, with nothing in it. */
export async function startGithubCache() {
  const secret = randomBytes(32);
  const entries = new CacheEntries();
  const blobs = new BlockBlobs();
  /** @type {string[]} */
  const calls = [];

  const { host, close } = await listen(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname.startsWith("/blobs/")) {
      calls.push(`${request.method} blob ${url.searchParams.get("comp") ?? ""}`.trim());
      const id = url.pathname.slice("/blobs/".length);
      const reads = request.method === "GET" || request.method === "HEAD";
      if (isSigned(url.searchParams, id, reads ? "r" : "w", secret))
        return blobs.handle(request, response, id, url.searchParams);
      return refuse(response, 403, "AuthenticationFailed", request.method === "HEAD");
    }
    const method = url.pathname.startsWith(twirp) && url.pathname.slice(twirp.length);
    calls.push(method || `${request.method} ${url.pathname}`);
    const [, token = ""] = /^Bearer (.*)$/.exec(request.headers.authorization ?? "") ?? [];
    if (!isOurs(token, secret)) {
      sendJson(response, { status: 401, body: { code: "unauthenticated", msg: "bad token" } });
    } else if (method) {
      sendJson(response, second(method, JSON.parse((await readBody(request)).toString())));
    } else {
      sendJson(response, await first(request, url));
    }
  });

  const storage = {
    entries,
    blobs,
    /** @type {import("./github-cache-v1.mjs").Storage["signed"]} */
    signed: (id, permission) => `http://${host}/blobs/${id}?${signature(String(id), permission, secret)}`,
  };
  const [first, second] = [firstVersion(storage), secondVersion(storage)];

  return {
    /** `ACTIONS_RESULTS_URL`, and `ACTIONS_CACHE_URL` as well. */
    url: `http://${host}/`,
    /** `ACTIONS_RUNTIME_TOKEN` */
    token: issueToken(secret),
    /** The keys of all finished entries. */
    keys: () => entries.keys(),
    /** The names of the calls so far. */
    calls,
    close,
  };
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {Answer} answer
 */
function sendJson(response, { status, body }) {
  response.writeHead(status, body ? { "content-type": "application/json" } : {});
  response.end(body && JSON.stringify(body));
}

/**
 * The query of a blob's URL that is good for some time.
 * @param {string} id
 * @param {string} permission
 * @param {Buffer} secret
 */
function signature(id, permission, secret) {
  const expires = String(Math.floor(Date.now() / 1000) + seconds);
  const sig = hmac(secret, `${id} ${permission} ${expires}`);
  return new URLSearchParams({ sp: permission, se: expires, sig });
}

/**
 * @param {URLSearchParams} query
 * @param {string} id
 * @param {string} permission
 * @param {Buffer} secret
 */
function isSigned(query, id, permission, secret) {
  const expires = query.get("se");
  const expected = hmac(secret, `${id} ${permission} ${expires}`);
  return Number(expires) > Date.now() / 1000 && same(query.get("sig") ?? "", expected);
}

/**
 * A token as a workflow's job gets it: a JWT that names the scopes of caches, and what may be done there.
 * @param {Buffer} secret
 */
function issueToken(secret) {
  const now = Math.floor(Date.now() / 1000);
  const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const ac = JSON.stringify([{ Scope: "refs/heads/main", Permission: 3 }]);
  const text = `${part({ typ: "JWT", alg: "HS256" })}.${part({ ac, nbf: now - 60, exp: now + seconds })}`;
  return `${text}.${hmac(secret, text)}`;
}

/**
 * @param {string} token
 * @param {Buffer} secret
 */
function isOurs(token, secret) {
  const dot = token.lastIndexOf(".");
  return dot > 0 && same(token.slice(dot + 1), hmac(secret, token.slice(0, dot)));
}

/**
 * @param {Buffer} secret
 * @param {string} text
 */
function hmac(secret, text) {
  return createHmac("sha256", secret).update(text).digest("base64url");
}

/**
 * @param {string} a
 * @param {string} b
 */
function same(a, b) {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
