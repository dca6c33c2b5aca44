import { readBody } from "./read-body.mjs";

/**
 * @typedef {object} Storage
 * @property {import("./github-cache-entries.mjs").CacheEntries} entries
 * @property {import("./block-blobs.mjs").BlockBlobs} blobs  by the ids of their entries
 * @property {(id: number, permission: "r" | "w") => string} signed  a URL of a blob, good for some time
 */
/** @typedef {{ status: number, body?: object }} Answer */

const prefix = "/_apis/artifactcache/";

/**
 * The first version of the service: REST, with the content in ranges that its own calls bring.
 * @param {Storage} storage
 */
export function firstVersion({ entries, blobs, signed }) {
  /** What is uploaded of an entry, by where it begins. @type {Map<number, Map<number, Buffer>>} */
  const uploads = new Map();

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {URL} url
   * @returns {Promise<Answer>}
   */
  return async (request, url) => {
    const path = url.pathname.slice(prefix.length);
    if (request.method === "GET" && path === "cache") {
      const keys = String(url.searchParams.get("keys")).split(",");
      const entry = entries.find(String(keys[0]), keys, String(url.searchParams.get("version")));
      if (!entry) return { status: 204 };
      return { status: 200, body: { cacheKey: entry.key, archiveLocation: signed(entry.id, "r") } };
    }
    const body = await readBody(request);
    if (request.method === "POST" && path === "caches") {
      const { key, version } = JSON.parse(body.toString());
      const entry = entries.reserve(key, version);
      if (entry) return { status: 201, body: { cacheId: entry.id } };
      return refusal(409, `Cache already exists. Key: ${key}`, "ArtifactCacheItemAlreadyExistsException");
    }
    const entry = entries.byId(Number(/^caches\/(\d+)$/.exec(path)?.[1]));
    if (!entry) return refusal(404, "there is no such cache", "ArtifactCacheItemNotFoundException");
    const parts = uploads.get(entry.id) ?? new Map();
    if (request.method === "PATCH") {
      const range = request.headers["content-range"] ?? "";
      const [, from, to] = /^bytes (\d+)-(\d+)\/\*$/.exec(range) ?? [];
      if (Number(to) - Number(from) + 1 !== body.length)
        return refusal(400, `${range} is not the body's`, "InvalidRange");
      uploads.set(entry.id, parts.set(Number(from), body));
      return { status: 204 };
    }
    const { size } = JSON.parse(body.toString());
    const content = Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, part]) => part));
    if (content.length !== size) return refusal(400, "another size was uploaded", "InvalidSize");
    blobs.put(String(entry.id), content);
    entry.size = size;
    return { status: 204 };
  };
}

/**
 * @param {number} status
 * @param {string} message
 * @param {string} typeKey
 * @returns {Answer}
 */
function refusal(status, message, typeKey) {
  return { status, body: { message, typeKey, errorCode: 0 } };
}
