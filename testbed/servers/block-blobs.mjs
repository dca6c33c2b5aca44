import { createHash, randomUUID } from "node:crypto";
import { readBody } from "./read-body.mjs";

/** @typedef {import("node:http").IncomingMessage} IncomingMessage */
/** @typedef {import("node:http").ServerResponse} ServerResponse */
/** @typedef {{ content: Buffer, etag: string, modified: Date }} Blob */

const version = "2025-11-05";

/**
 * The block blobs of Azure's Blob service, in memory: Put Blob, Put Block, Put Block List, Get Blob, Get Blob
 * Properties. Who may call what is for others to check.
 */
export class BlockBlobs {
  /** @type {Map<string, Blob>} */
  #blobs = new Map();
  /** What was put and not yet made part of a blob, by the blob's name and the block's id. @type {Map<string, Map<string, Buffer>>} */
  #staged = new Map();

  /** @param {string} name */
  sizeOf(name) {
    return this.#blobs.get(name)?.content.length;
  }

  names() {
    return [...this.#blobs.keys()];
  }

  /**
   * @param {string} name
   * @param {Buffer} content
   */
  put(name, content) {
    const blob = { content, etag: `"${randomUUID()}"`, modified: new Date() };
    this.#blobs.set(name, blob);
    return blob;
  }

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   * @param {string} name
   * @param {URLSearchParams} query
   */
  async handle(request, response, name, query) {
    const { method } = request;
    if (method === "PUT") {
      const body = await readBody(request);
      const sum = request.headers["content-md5"];
      if (sum && sum !== createHash("md5").update(body).digest("base64"))
        return refuse(response, 400, "Md5Mismatch");
      return this.#put(request, response, name, query, body);
    }
    const blob = this.#blobs.get(name);
    if ((method !== "GET" && method !== "HEAD") || query.has("comp"))
      return refuse(response, 400, "UnsupportedHttpVerb");
    if (!blob) return refuse(response, 404, "BlobNotFound", method === "HEAD");
    const headers = {
      ...propertiesOf(blob),
      "content-type": "application/octet-stream",
      "x-ms-blob-type": "BlockBlob",
      "accept-ranges": "bytes",
    };
    const { length } = blob.content;
    const range = request.headers["x-ms-range"] ?? request.headers.range;
    const [, from, to = String(length - 1)] = /^bytes=(\d+)-(\d+)?$/.exec(String(range ?? "bytes=0-")) ?? [];
    if (from === undefined || (range !== undefined && Number(from) >= length))
      return refuse(response, 416, "InvalidRange");
    const part = blob.content.subarray(Number(from), Number(to) + 1);
    answer(response, range === undefined ? 200 : 206, {
      ...headers,
      "content-length": String(part.length),
      ...(range !== undefined && {
        "content-range": `bytes ${from}-${Number(from) + part.length - 1}/${length}`,
      }),
    });
    response.end(method === "HEAD" ? undefined : part);
  }

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   * @param {string} name
   * @param {URLSearchParams} query
   * @param {Buffer} body
   */
  #put(request, response, name, query, body) {
    const comp = query.get("comp");
    if (comp === "block") {
      const id = query.get("blockid");
      if (!id) return refuse(response, 400, "InvalidQueryParameterValue");
      const blocks = this.#staged.get(name) ?? new Map();
      this.#staged.set(name, blocks.set(id, body));
      answer(response, 201);
      return response.end();
    }
    if (request.headers["if-none-match"] === "*" && this.#blobs.has(name))
      return refuse(response, 409, "BlobAlreadyExists");
    if (comp === "blocklist") {
      const ids = [...body.toString().matchAll(/<(?:Latest|Uncommitted)>([^<]*)</g)].map(([, id]) => id);
      const blocks = ids.map((id) => this.#staged.get(name)?.get(String(id)));
      if (!blocks.every((block) => block !== undefined)) return refuse(response, 400, "InvalidBlockList");
      this.#staged.delete(name);
      return this.#commit(response, name, Buffer.concat(blocks));
    }
    if (comp !== null) return refuse(response, 400, "InvalidQueryParameterValue");
    if (request.headers["x-ms-blob-type"] !== "BlockBlob") return refuse(response, 400, "InvalidHeaderValue");
    return this.#commit(response, name, body);
  }

  /**
   * @param {ServerResponse} response
   * @param {string} name
   * @param {Buffer} content
   */
  #commit(response, name, content) {
    answer(response, 201, propertiesOf(this.put(name, content)));
    response.end();
  }
}

/** @param {Blob} blob */
function propertiesOf({ etag, modified }) {
  return { etag, "last-modified": modified.toUTCString() };
}

/**
 * Sends the head of an answer with the headers that each has.
 * @param {ServerResponse} response
 * @param {number} status
 * @param {Record<string, string>} [headers]
 */
export function answer(response, status, headers = {}) {
  response.writeHead(status, { "x-ms-request-id": randomUUID(), "x-ms-version": version, ...headers });
}

/**
 * An error as the service tells of it.
 * @param {ServerResponse} response
 * @param {number} status
 * @param {string} code
 * @param {boolean} [head]  without a body
 */
export function refuse(response, status, code, head = false) {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  answer(response, status, { "x-ms-error-code": code, "content-type": "application/xml" });
  response.end(head ? undefined : body);
}
