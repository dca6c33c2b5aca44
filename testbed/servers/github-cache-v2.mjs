/** @typedef {import("./github-cache-v1.mjs").Answer} Answer */

/**
 * The second version of the service: Twirp calls, and the content at signed URLs of block blobs.
 * @param {import("./github-cache-v1.mjs").Storage} storage
 */
export function secondVersion({ entries, blobs, signed }) {
  /**
   * @param {string} method
   * @param {any} body
   * @returns {Answer}
   */
  return (method, body) => {
    const { key, version } = body;
    if (method === "GetCacheEntryDownloadURL") {
      const entry = entries.find(key, body.restore_keys ?? [], version);
      if (!entry) return { status: 200, body: { ok: false, signed_download_url: "", matched_key: "" } };
      const url = signed(entry.id, "r");
      return { status: 200, body: { ok: true, signed_download_url: url, matched_key: entry.key } };
    }
    if (method === "CreateCacheEntry") {
      const entry = entries.reserve(key, version);
      if (!entry) return refusal(409, "already_exists", "cache entry with the same key already exists");
      return { status: 200, body: { ok: true, signed_upload_url: signed(entry.id, "w") } };
    }
    if (method === "FinalizeCacheEntryUpload") {
      const entry = entries.reserved(key, version);
      if (!entry) return refusal(404, "not_found", "there is no such cache entry");
      // Protobuf's JSON has 64 bits in a string, and takes a number too.
      const size = Number(body.size_bytes);
      if (blobs.sizeOf(String(entry.id)) !== size)
        return refusal(400, "invalid_argument", "another size was uploaded");
      entry.size = size;
      return { status: 200, body: { ok: true, entry_id: String(entry.id) } };
    }
    return refusal(404, "bad_route", `there is no method ${method}`);
  };
}

/**
 * @param {number} status
 * @param {string} code
 * @param {string} msg
 * @returns {Answer}
 */
function refusal(status, code, msg) {
  return { status, body: { code, msg } };
}
